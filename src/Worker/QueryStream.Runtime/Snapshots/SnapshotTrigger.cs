using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Tells a task that a checkpoint has begun. A barrier carries only the checkpoint's id: if it arrives before this message, the task captures its
/// state at once, and writes it when the message says where.
/// </summary>
/// <param name="Checkpoint">The checkpoint. Triggers come in the order of their ids.</param>
/// <param name="Target">Where the state is written: a savepoint has its own storage.</param>
public sealed record SnapshotTrigger(CheckpointId Checkpoint, CheckpointTarget Target)
{
    /// <summary>A complete checkpoint whose chunks may be referred to; null: none.</summary>
    public CheckpointId? Base { get; init; }

    /// <summary>Whether the job stops with it.</summary>
    public SnapshotStop Stop { get; init; }
}

/// <summary>What sources do at a barrier. A task that stops does nothing after it until the checkpoint is completed or aborted.</summary>
public enum SnapshotStop
{
    /// <summary>They continue to read.</summary>
    None,

    /// <summary>They read nothing more.</summary>
    Suspend,

    /// <summary>They send the end of event time before the barrier, and read nothing more.</summary>
    Drain,
}
