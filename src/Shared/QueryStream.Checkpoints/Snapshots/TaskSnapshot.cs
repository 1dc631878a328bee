using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Snapshots;

/// <summary>The state of one task when a barrier passed it. Immutable.</summary>
/// <param name="Task">The task.</param>
/// <param name="Checkpoint">The barrier's checkpoint.</param>
/// <param name="Operators">Its operators with state.</param>
public sealed record TaskSnapshot(TaskId Task, CheckpointId Checkpoint, IReadOnlyList<OperatorSnapshot> Operators)
{
    /// <summary>The job's number of key groups, which keyed state is bound to.</summary>
    public required int KeyGroups { get; init; }

    /// <summary>The task's watermark; <see cref="EventTime.MaxValue"/> if the task had ended, so that it never holds back the others.</summary>
    public required EventTime Watermark { get; init; }

    /// <summary>Whether the task had reached the end of its input.</summary>
    public bool HasEnded { get; init; }

    /// <summary>
    /// The last checkpoint whose barrier had passed the task. The final snapshot of a task that ends contains rows after that barrier, so it is
    /// not part of that checkpoint. Not stored.
    /// </summary>
    public CheckpointId LastBarrier { get; init; }

    /// <summary>How long it took. Not stored.</summary>
    public SnapshotTimes Times { get; init; }

    /// <summary>The ledger of each of its operators.</summary>
    public IReadOnlyList<OperatorLedger> Ledger { get; init; } = [];

    /// <summary>The chunks of all its operators.</summary>
    public IEnumerable<StateChunk> Chunks => Operators.SelectMany(part => part.Chunks);
}

/// <summary>The progress of one task when a barrier passed it.</summary>
/// <param name="Subtask">Which subtask of its vertex it was.</param>
/// <param name="Watermark">The task's watermark.</param>
/// <param name="HasEnded">Whether it had reached the end of its input.</param>
public readonly record struct TaskProgress(int Subtask, EventTime Watermark, bool HasEnded);
