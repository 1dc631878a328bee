using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// What each task is told about a checkpoint that begins. Barriers carry no more than its id: a task that a barrier reaches first captures its state
/// at once, and writes it when it has been told where.
/// </summary>
/// <param name="Checkpoint">The checkpoint. Triggers come in the order of their ids.</param>
/// <param name="Target">Where the state goes, which for a savepoint is not the storage of checkpoints.</param>
public sealed record SnapshotTrigger(CheckpointId Checkpoint, CheckpointTarget Target);
