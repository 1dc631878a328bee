using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The part of a task in a checkpoint.</summary>
/// <param name="Task">The task.</param>
/// <param name="AcknowledgedAt">When its acknowledgement has arrived at the coordinator.</param>
/// <param name="StateBytes">The stored bytes of its state.</param>
/// <param name="WrittenBytes">Those that were written for this checkpoint; the rest is reused from earlier ones.</param>
/// <param name="Times">How long it took.</param>
public sealed record SubtaskCheckpoint(TaskId Task, DateTimeOffset AcknowledgedAt, long StateBytes, long WrittenBytes, SnapshotTimes Times)
{
    internal static SubtaskCheckpoint Of(TaskSnapshot part, DateTimeOffset now) => new(
        part.Task,
        now,
        part.Chunks.Sum(chunk => (long)chunk.Content.StoredLength),
        part.Chunks.Where(chunk => chunk.Content.Segment.Checkpoint == part.Checkpoint).Sum(chunk => (long)chunk.Content.StoredLength),
        part.Times);
}
