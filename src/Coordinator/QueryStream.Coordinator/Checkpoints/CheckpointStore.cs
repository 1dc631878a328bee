using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>A storage that this coordinator has taken over.</summary>
/// <param name="Address">Its address. May hold a password, so it is not logged.</param>
/// <param name="Storage">The storage.</param>
/// <param name="Epoch">The epoch of this coordinator.</param>
internal sealed record CheckpointStore(string Address, ICheckpointStorage Storage, Epoch Epoch);
