using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Rest.Model;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Rest.Views;

/// <summary>One checkpoint of a job by vertex and subtask, and how checkpoints are taken.</summary>
internal static class CheckpointDetailViews
{
    /// <summary>The part of each vertex, by its id; nothing where the job has no graph.</summary>
    public static IReadOnlyDictionary<string, VertexCheckpoint> VerticesOf(JobHandle job, CheckpointInfo checkpoint)
    {
        ILookup<VertexId, SubtaskCheckpoint> parts = checkpoint.Subtasks.ToLookup(part => part.Task.Vertex);
        return (job.Graph?.Vertices ?? []).ToDictionary(
            vertex => vertex.Id.ToString(), vertex => PartOf(new VertexCheckpoint(), checkpoint, vertex, [.. parts[vertex.Id]]));
    }

    public static VertexCheckpointResponse VertexOf(CheckpointInfo checkpoint, JobVertex vertex)
    {
        SubtaskCheckpoint[] parts = [.. checkpoint.Subtasks.Where(part => part.Task.Vertex == vertex.Id)];
        Dictionary<int, SubtaskCheckpoint> bySubtask = parts.ToDictionary(part => part.Task.Subtask);
        int subtasks = Math.Max(vertex.Parallelism, parts.Select(part => part.Task.Subtask + 1).DefaultIfEmpty(0).Max());
        return PartOf(new VertexCheckpointResponse(), checkpoint, vertex, parts) with
        {
            Summary = new VertexCheckpointSummary
            {
                CheckpointedSize = CheckpointViews.Summary(parts.Select(part => part.WrittenBytes)),
                StateSize = CheckpointViews.Summary(parts.Select(part => part.StateBytes)),
                EndToEndDuration = CheckpointViews.Summary(parts.Select(part => DurationOf(checkpoint, part))),
                CheckpointDuration = new SnapshotSummary
                {
                    Sync = CheckpointViews.Summary(parts.Select(part => Milliseconds(part.Times.Sync))),
                    Async = CheckpointViews.Summary(parts.Select(part => Milliseconds(part.Times.Async))),
                },
                Alignment = new AlignmentSummary { Duration = CheckpointViews.Summary(parts.Select(part => Milliseconds(part.Times.Alignment))) },
                StartDelay = CheckpointViews.Summary(parts.Select(part => Milliseconds(part.Times.StartDelay))),
            },
            Parts = [.. Enumerable.Range(0, subtasks).Select(subtask => bySubtask.TryGetValue(subtask, out SubtaskCheckpoint? part)
                ? Completed(checkpoint, part)
                : new SubtaskCheckpointDetails { ClassName = "pending", Index = subtask, Status = "pending_or_failed" })],
        };
    }

    public static CheckpointConfigResponse ConfigOf(CheckpointSettings settings)
    {
        bool isOn = settings.Storage.Length > 0;
        return new CheckpointConfigResponse
        {
            Mode = settings.Mode == CheckpointMode.ExactlyOnce ? "exactly_once" : "at_least_once",
            Interval = isOn ? Milliseconds(settings.Interval) : long.MaxValue,
            Timeout = Milliseconds(settings.Timeout),
            MinPause = Milliseconds(settings.MinPause),
            Externalization = new ExternalizationDetails(
                settings.Retention != CheckpointRetention.NoExternalizedCheckpoints, settings.Retention != CheckpointRetention.RetainOnCancellation),
            Storage = !isOn ? "" : settings.Storage.StartsWith("redis", StringComparison.OrdinalIgnoreCase) ? "Redis" : "FileSystemCheckpointStorage",
            TolerableFailures = settings.TolerableFailures ?? -1,
        };
    }

    private static T PartOf<T>(T part, CheckpointInfo checkpoint, JobVertex vertex, IReadOnlyCollection<SubtaskCheckpoint> parts)
        where T : VertexCheckpoint => part with
        {
            Id = checkpoint.Id.Number,
            Status = CheckpointViews.StatusOf(checkpoint).ToUpperInvariant(),
            LatestAckTimestamp = parts.Count == 0 ? -1 : Times.Of(parts.Max(one => one.AcknowledgedAt)),
            CheckpointedSize = parts.Sum(one => one.WrittenBytes),
            StateSize = parts.Sum(one => one.StateBytes),
            EndToEndDuration = parts.Count == 0 ? -1 : parts.Max(one => DurationOf(checkpoint, one)),
            Subtasks = vertex.Parallelism,
            AcknowledgedSubtasks = parts.Count,
        };

    private static SubtaskCheckpointDetails Completed(CheckpointInfo checkpoint, SubtaskCheckpoint part) => new()
    {
        ClassName = "completed",
        Index = part.Task.Subtask,
        AckTimestamp = Times.Of(part.AcknowledgedAt),
        EndToEndDuration = DurationOf(checkpoint, part),
        CheckpointedSize = part.WrittenBytes,
        StateSize = part.StateBytes,
        Checkpoint = new SnapshotDurations(Milliseconds(part.Times.Sync), Milliseconds(part.Times.Async)),
        Alignment = new AlignmentDetails(Milliseconds(part.Times.Alignment)),
        StartDelay = Milliseconds(part.Times.StartDelay),
        Unaligned = false,
        Aborted = false,
        Status = "completed",
    };

    private static long DurationOf(CheckpointInfo checkpoint, SubtaskCheckpoint part) => Milliseconds(part.AcknowledgedAt - checkpoint.TriggeredAt);

    private static long Milliseconds(TimeSpan duration) => (long)duration.TotalMilliseconds;
}
