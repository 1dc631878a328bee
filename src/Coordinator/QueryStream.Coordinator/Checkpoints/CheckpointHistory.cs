using QueryStream.Checkpoints.Manifests;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Records the checkpoints of a job. Used only in turns of the job's master.</summary>
internal sealed class CheckpointHistory
{
    public CheckpointStatistics Statistics { get; private set; } = new();

    public void Restored(string? path) => Statistics = Statistics with { RestoredFrom = path };

    public void Requested() => Statistics = Statistics with { Requested = Statistics.Requested + 1 };

    public void Discarded() => Statistics = Statistics with { AreDiscarded = true };

    public void Progress(CheckpointInfo? info) => Statistics = Statistics with { InProgress = info };

    /// <summary>A coordinator before this one has completed a checkpoint, or the savepoint with which the job stops.</summary>
    public void TakenOver(CheckpointManifest manifest, string path)
    {
        CheckpointInfo info = InfoOf(new CheckpointInfo(manifest.Id, manifest.Kind, manifest.TriggeredAt), manifest, path, manifest.Duration);
        Statistics = manifest.Kind == CheckpointKind.Checkpoint
            ? Statistics with { LastCompleted = info }
            : Statistics with { LastSavepoint = info };
    }

    public void Completed(CheckpointInfo info, CheckpointManifest manifest, string path, TimeSpan duration)
    {
        CheckpointInfo completed = InfoOf(info, manifest, path, duration);
        Statistics = Statistics with
        {
            Completed = Statistics.Completed + 1,
            ConsecutiveFailures = 0,
            LastCompleted = info.Kind == CheckpointKind.Checkpoint ? completed : Statistics.LastCompleted,
            LastSavepoint = info.Kind == CheckpointKind.Savepoint ? completed : Statistics.LastSavepoint,
            InProgress = null,
            History = Add(completed),
        };
    }

    public void Failed(CheckpointInfo info, string failure, TimeSpan duration)
    {
        CheckpointInfo failed = info with { Status = CheckpointStatus.Failed, Duration = duration, Failure = failure };
        Statistics = Statistics with
        {
            Failed = Statistics.Failed + 1,
            ConsecutiveFailures = Statistics.ConsecutiveFailures + 1,
            LastFailed = failed,
            InProgress = null,
            History = Add(failed),
        };
    }

    private static CheckpointInfo InfoOf(CheckpointInfo info, CheckpointManifest manifest, string path, TimeSpan duration) => info with
    {
        Status = CheckpointStatus.Completed,
        AcknowledgedTasks = info.Tasks,
        Duration = duration,
        Path = path,
        Ledger = manifest.State.Ledger,
        StateBytes = manifest.Chunks.Distinct().Sum(chunk => (long)chunk.StoredLength),
        WrittenBytes = manifest.Chunks.Distinct().Where(chunk => chunk.Segment.Checkpoint == info.Id).Sum(chunk => (long)chunk.StoredLength),
    };

    // An abandoned checkpoint may still complete; the history then lists it once, as complete.
    private CheckpointInfo[] Add(CheckpointInfo info) =>
        [info, .. Statistics.History.Where(other => other.Id != info.Id).Take(CheckpointStatistics.MaxHistory - 1)];
}
