using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// What each task is told about a checkpoint that begins. Barriers carry no more than its id: a task that a barrier reaches first captures its state
/// at once, and writes it when it has been told where.
/// </summary>
/// <param name="Checkpoint">The checkpoint. Triggers come in the order of their ids.</param>
/// <param name="Target">Where the state goes, which for a savepoint is not the storage of checkpoints.</param>
public sealed record SnapshotTrigger(CheckpointId Checkpoint, CheckpointTarget Target)
{
    /// <summary>A complete checkpoint whose chunks may be referred to; null: none.</summary>
    public CheckpointId? Base { get; init; }

    /// <summary>Whether the job stops with it.</summary>
    public SnapshotStop Stop { get; init; }
}

/// <summary>What sources do when they send a barrier. After it, a task that stops does nothing until it is told what has become of the snapshot.</summary>
public enum SnapshotStop
{
    /// <summary>They read on.</summary>
    None,

    /// <summary>They read nothing more.</summary>
    Suspend,

    /// <summary>They send the end of event time before it, and read nothing more.</summary>
    Drain,
}
