using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>A request for a savepoint.</summary>
/// <param name="Address">The address of the storage that is created for it.</param>
/// <param name="Stop">What sources do after it; null: they go on.</param>
/// <param name="Path">Completed with the path of the savepoint when it is complete, or with the reason why it failed.</param>
internal sealed record SavepointRequest(string Address, StopMode? Stop, TaskCompletionSource<string> Path)
{
    /// <summary>The epoch of the coordinator in its storage.</summary>
    public Epoch Epoch { get; init; }
}
