using QueryStream.Checkpoints.Manifests;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Views;

/// <summary>The checkpoints of a job as its answers show them.</summary>
internal static class CheckpointViews
{
    public static CheckpointsResponse Of(CheckpointStatistics all)
    {
        CheckpointInfo[] completed = [.. all.History.Where(checkpoint => checkpoint.Status == CheckpointStatus.Completed)];
        int inProgress = all.InProgress is null ? 0 : 1;
        return new CheckpointsResponse
        {
            Counts = new CheckpointCounts
            {
                Restored = all.RestoredFrom is null ? 0 : 1,
                Total = all.Completed + all.Failed + inProgress,
                InProgress = inProgress,
                Completed = all.Completed,
                Failed = all.Failed,
            },
            Summary = new CheckpointSummary
            {
                CheckpointedSize = Summary(completed.Select(checkpoint => checkpoint.WrittenBytes)),
                StateSize = Summary(completed.Select(checkpoint => checkpoint.StateBytes)),
                EndToEndDuration = Summary(completed.Select(checkpoint => (long)checkpoint.Duration.TotalMilliseconds)),
                AlignmentBuffered = Summary(completed.Select(_ => 0L)),
                PersistedData = Summary(completed.Select(_ => 0L)),
            },
            Latest = new LatestCheckpoints
            {
                Completed = Details(all.LastCompleted, all),
                Savepoint = Details(all.LastSavepoint, all),
                Failed = Details(all.LastFailed, all),
                Restored = all.RestoredFrom is { } path ? new RestoredCheckpointDetails { ExternalPath = path } : null,
            },
            History = [.. all.History.Prepend(all.InProgress).Select(checkpoint => Details(checkpoint, all)).OfType<CheckpointDetails>()],
        };
    }

    /// <summary>The statistics of figures; all unknown of none.</summary>
    public static FigureSummary Summary(IEnumerable<long> figures)
    {
        long[] sorted = [.. figures.Order()];
        return sorted.Length == 0 ? new FigureSummary() : new FigureSummary
        {
            Min = sorted[0],
            Max = sorted[^1],
            Average = (long)sorted.Average(),
            P50 = Percentile(sorted, 0.5),
            P90 = Percentile(sorted, 0.9),
            P95 = Percentile(sorted, 0.95),
            P99 = Percentile(sorted, 0.99),
            P999 = Percentile(sorted, 0.999),
        };
    }

    // The smallest figure that this part of all does not exceed.
    private static double Percentile(long[] sorted, double part) => sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];

    /// <summary>in_progress, completed or failed.</summary>
    public static string StatusOf(CheckpointInfo checkpoint) => checkpoint.Status switch
    {
        CheckpointStatus.InProgress => "in_progress",
        CheckpointStatus.Completed => "completed",
        _ => "failed",
    };

    /// <summary>One checkpoint, without its parts; null of null.</summary>
    public static CheckpointDetails? Details(CheckpointInfo? checkpoint, CheckpointStatistics all)
    {
        if (checkpoint is null)
        {
            return null;
        }

        bool isSavepoint = checkpoint.Kind == CheckpointKind.Savepoint;
        bool isUnderWay = checkpoint.Status == CheckpointStatus.InProgress;
        bool isComplete = checkpoint.Status == CheckpointStatus.Completed;
        bool hasFailed = checkpoint.Status == CheckpointStatus.Failed;
        DateTimeOffset? end = isUnderWay ? null : checkpoint.TriggeredAt + checkpoint.Duration;
        string status = StatusOf(checkpoint);
        return new CheckpointDetails
        {
            ClassName = status,
            Id = checkpoint.Id.Number,
            Status = status.ToUpperInvariant(),
            IsSavepoint = isSavepoint,
            SavepointFormat = isSavepoint ? "CANONICAL" : null,
            TriggerTimestamp = Times.Of(checkpoint.TriggeredAt),
            LatestAckTimestamp = Times.Of(end),
            CheckpointedSize = checkpoint.WrittenBytes,
            StateSize = checkpoint.StateBytes,
            EndToEndDuration = isUnderWay ? -1 : (long)checkpoint.Duration.TotalMilliseconds,
            Subtasks = checkpoint.Tasks,
            AcknowledgedSubtasks = checkpoint.AcknowledgedTasks,
            CheckpointType = isSavepoint ? "SAVEPOINT" : "CHECKPOINT",
            ExternalPath = isComplete ? checkpoint.Path : null,
            Discarded = isComplete ? !isSavepoint && (all.AreDiscarded || checkpoint.Id != all.LastCompleted?.Id) : null,
            FailureTimestamp = hasFailed ? Times.Of(end) : null,
            FailureMessage = hasFailed ? checkpoint.Failure : null,
        };
    }
}
