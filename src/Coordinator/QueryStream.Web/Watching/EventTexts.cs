using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Web.Texts;

namespace QueryStream.Web.Watching;

/// <summary>Events of jobs as people read them.</summary>
internal static class EventTexts
{
    public static RecentEvent Of(JobSample job, JobEvent happened) =>
        new(happened.At, LevelOf(job, happened), TitleOf(happened), happened.Text, job.Id, job.Name);

    public static RecentEvent Of(JobSample job, CheckpointInfo failed) => new(
        failed.TriggeredAt + failed.Duration, EventLevel.Warning, $"Checkpoint {failed.Id} failed", failed.Failure ?? "", job.Id, job.Name);

    public static RecentEvent Of(ClusterEvent happened) => new(
        happened.At,
        happened.Kind is ClusterEventKind.WorkerLost ? EventLevel.Error : EventLevel.Info,
        happened.Kind switch
        {
            ClusterEventKind.Leading => "Leads",
            ClusterEventKind.WorkerRegistered => "Worker registered",
            ClusterEventKind.WorkerLeaves => "Worker leaves",
            ClusterEventKind.WorkerLeft => "Worker left",
            ClusterEventKind.WorkerLost => "Worker lost",
            _ => happened.Kind.ToString(),
        },
        happened.Text,
        null,
        "");

    public static string TitleOf(JobEvent happened) => happened.Kind switch
    {
        JobEventKind.Submitted => "Submitted",
        JobEventKind.Resumed => "Resumed by a new leader",
        JobEventKind.Adopted => "Adopted by a new leader, without a restart",
        JobEventKind.Running => "Running",
        JobEventKind.Restarted or JobEventKind.Moved when happened.Recovery is { } recovery =>
            $"{(happened.Kind is JobEventKind.Moved ? "Moved" : "Restarted")}, {RecoveryText(recovery)}",
        JobEventKind.Restarted => "Restarted",
        JobEventKind.Moved => "Moved",
        JobEventKind.WorkerLost => "Worker lost",
        JobEventKind.Savepoint => "Savepoint complete",
        JobEventKind.Ended => "Ended",
        _ => happened.Kind.ToString(),
    };

    /// <summary>How a recovery goes, or how long it took.</summary>
    public static string RecoveryText(JobRecovery recovery) =>
        recovery.Total is { } total ? $"recovery took {Show.Duration(total)}"
        : recovery.SupersededBy is not null ? "failed again before it ran"
        : "recovering";

    private static EventLevel LevelOf(JobSample job, JobEvent happened) => happened.Kind switch
    {
        JobEventKind.WorkerLost => EventLevel.Error,
        JobEventKind.Restarted => happened.Recovery?.Total is null ? EventLevel.Warning : EventLevel.Good,
        JobEventKind.Ended => job.Status is JobStatus.Failed ? EventLevel.Error : EventLevel.Info,
        _ => EventLevel.Info,
    };
}
