using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Exchange;

/// <summary>Tasks that move with a checkpoint: they stop behind its barrier, and their senders hold what comes after it.</summary>
/// <param name="Checkpoint">The checkpoint, which is triggered when all tasks know of the move.</param>
/// <param name="Tasks">The tasks.</param>
public sealed record TaskMove(CheckpointId Checkpoint, IReadOnlySet<TaskId> Tasks);
