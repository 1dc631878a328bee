using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Rest;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>
/// Traces of the leading coordinator: a span for each checkpoint and each recovery of a job that is over, with one for each subtask or
/// phase in it. They are made from what the jobs publish, up to a second later, so that nothing waits for them.
/// </summary>
/// <param name="leadership">Whether this coordinator leads.</param>
/// <param name="source">Where spans come from.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class CoordinatorTraces(ILeadership leadership, ActivitySource source, TimeProvider time, ILogger<CoordinatorTraces> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // What was traced of each job: the last checkpoint, and the recoveries among its events.
    private readonly Dictionary<JobId, (long Checkpoint, JobRecovery[] Recoveries)> _traced = [];

    /// <summary>Traces what is over and was not traced yet.</summary>
    internal void Trace(IReadOnlyList<JobHandle> jobs)
    {
        foreach (JobHandle job in jobs)
        {
            (long checkpoint, JobRecovery[] before) = _traced.GetValueOrDefault(job.Id, (0, []));
            foreach (CheckpointInfo one in job.Checkpoints.History.Where(one => one.Id.Number > checkpoint).OrderBy(one => one.Id.Number))
            {
                Trace(job, one);
                checkpoint = one.Id.Number;
            }

            JobRecovery[] over = [.. job.Events.Select(happened => happened.Recovery).OfType<JobRecovery>().Where(IsOver)];
            foreach (JobRecovery one in over.Where(one => !Array.Exists(before, other => IsSame(one, other))))
            {
                Trace(job, one);
            }

            _traced[job.Id] = (checkpoint, over);
        }

        foreach (JobId ended in _traced.Keys.Where(id => !jobs.Any(job => job.Id == id)).ToArray())
        {
            _traced.Remove(ended);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                if (leadership.Leading is { } coordinator)
                {
                    ClusterOverview overview = coordinator.Overview();
                    Trace([.. overview.Jobs, .. overview.EndedJobs]);
                }
            }
            catch (Exception e)
            {
                // The coordinator goes on without traces.
                Log.NotTraced(log, e);
            }
        }
    }

    private static bool IsOver(JobRecovery recovery) => recovery.Total is not null || recovery.SupersededBy is not null;

    // Later phases are added to it. Subtasks may move more than once, with no number.
    private static bool IsSame(JobRecovery one, JobRecovery other) => one.Number == other.Number && one.NoticedAt == other.NoticedAt;

    private void Trace(JobHandle job, CheckpointInfo checkpoint)
    {
        string name = checkpoint.Kind.ToString().ToLowerInvariant();
        using Activity? span = Start(name, job, default, checkpoint.TriggeredAt);
        span?.SetTag("querystream.checkpoint.id", checkpoint.Id.Number).SetTag("querystream.checkpoint.bytes", checkpoint.StateBytes);
        span?.SetTag("querystream.checkpoint.bytes_written", checkpoint.WrittenBytes);
        span?.SetStatus(checkpoint.Status == CheckpointStatus.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok, checkpoint.Failure);
        foreach (SubtaskCheckpoint part in span is null ? [] : checkpoint.Subtasks)
        {
            using Activity? child = Start($"{name} of a subtask", job, span!.Context, checkpoint.TriggeredAt);
            child?.SetTag("querystream.vertex.id", part.Task.Vertex.ToString()).SetTag("querystream.subtask", part.Task.Subtask);
            child?.SetTag("querystream.checkpoint.alignment_ms", part.Times.Alignment.TotalMilliseconds);
            child?.SetTag("querystream.checkpoint.sync_ms", part.Times.Sync.TotalMilliseconds);
            child?.SetTag("querystream.checkpoint.async_ms", part.Times.Async.TotalMilliseconds);
            child?.SetEndTime(part.AcknowledgedAt.UtcDateTime);
        }

        span?.SetEndTime((checkpoint.TriggeredAt + checkpoint.Duration).UtcDateTime);
    }

    private void Trace(JobHandle job, JobRecovery recovery)
    {
        using Activity? span = Start("recovery", job, default, recovery.NoticedAt);
        span?.SetTag("querystream.restart", recovery.Number).SetTag("querystream.lost_worker", recovery.LostWorker);
        span?.SetTag("querystream.restored_from", recovery.RestoredFrom).SetTag("querystream.superseded_by", recovery.SupersededBy);
        foreach (ReachedPhase phase in span is null ? [] : recovery.Phases)
        {
            using Activity? child = Start(JobRecovery.NameOf(phase.Phase), job, span!.Context, recovery.NoticedAt + phase.After - phase.Duration);
            child?.SetEndTime((recovery.NoticedAt + phase.After).UtcDateTime);
        }

        TimeSpan total = recovery.Total ?? (recovery.Phases.IsEmpty ? TimeSpan.Zero : recovery.Phases[^1].After);
        span?.SetEndTime((recovery.NoticedAt + total).UtcDateTime);
    }

    private Activity? Start(string name, JobHandle job, ActivityContext parent, DateTimeOffset at) =>
        source.StartActivity(name, ActivityKind.Internal, parent, startTime: at)
            ?.SetTag("querystream.job.id", job.Id.ToString()).SetTag("querystream.job.name", job.Name);
}
