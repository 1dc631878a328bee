using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Snapshots;

/// <summary>What one task had when a barrier passed it. Immutable.</summary>
/// <param name="Task">The task.</param>
/// <param name="Checkpoint">The barrier's checkpoint.</param>
/// <param name="Operators">The state of its operators that have some.</param>
public sealed record TaskSnapshot(TaskId Task, CheckpointId Checkpoint, IReadOnlyList<OperatorSnapshot> Operators)
{
    /// <summary>The job's number of key groups, which keyed state is bound to.</summary>
    public required int KeyGroups { get; init; }
}
