using System.Collections.Immutable;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Jobs;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>A submitted job as its callers see it. Thread-safe; readable after the job has ended.</summary>
public sealed class JobHandle
{
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by the job's master, read on any thread. Volatile, so that readers see a consistent value.
    private volatile PublishedJob _job;
    private Action<JobMasterMessage> _tell = static _ => { };

    internal JobHandle(RegisteredJob job, TimeProvider time)
    {
        JobSubmission submission = job.Submission;
        Id = job.Id;
        Submission = submission;
        SubmittedAt = job.SubmittedAt;
        _time = time;
        _job = new PublishedJob(submission.ProvisionalName, JobStatus.Initializing, [], new JobMetrics())
        {
            Parallelism = submission.Parallelism,
            WantedParallelism = submission.Parallelism,
            Reached = ImmutableDictionary<JobStatus, DateTimeOffset>.Empty.Add(JobStatus.Initializing, SubmittedAt),
            Events = EventsBefore(job, time),
        };
    }

    /// <summary>The job's identity.</summary>
    public JobId Id { get; }

    /// <summary>What was submitted.</summary>
    public JobSubmission Submission { get; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset SubmittedAt { get; }

    /// <summary>The job's name.</summary>
    public string Name => _job.Name;

    /// <summary>The job's graph; null before it is built.</summary>
    public JobGraph? Graph => _job.Graph;

    /// <summary>
    /// The parallelism of operators for which the job sets none. With the adaptive scheduler it may be lower than the one that is wanted.
    /// </summary>
    public int Parallelism => _job.Parallelism;

    /// <summary>The parallelism with which the job was submitted, or that somebody has asked for since (<see cref="RescaleAsync"/>).</summary>
    public int WantedParallelism => _job.WantedParallelism;

    /// <summary>When the job has changed to each status, the last time.</summary>
    public IReadOnlyDictionary<JobStatus, DateTimeOffset> Reached => _job.Reached;

    /// <summary>When the job has ended; null before.</summary>
    public DateTimeOffset? EndedAt => _job is { } job && JobLifeCycle.IsTerminal(job.Status) ? job.Reached[job.Status] : null;

    /// <summary>Why the job has failed; null if it has not.</summary>
    public QueryStreamException? Failure => _job.Failure;

    /// <summary>Why the job waits for slots; null: it does not.</summary>
    public string? WaitsFor => _job.WaitsFor;

    /// <summary>The job's status.</summary>
    public JobStatus Status => _job.Status;

    /// <summary>The job's tasks, by vertex and subtask.</summary>
    public IReadOnlyList<TaskInfo> Tasks => _job.Tasks;

    /// <summary>
    /// Completes when all tasks run. If that never happens, it faults with the job's failure, or is cancelled if the job was.
    /// </summary>
    public Task Running => _running.Task;

    /// <summary>Completes when the job has ended and its slots are free. Never faults.</summary>
    public Task<JobResult> Completion => _completion.Task;

    /// <summary>The job's checkpoints.</summary>
    public CheckpointStatistics Checkpoints => _job.Checkpoints;

    /// <summary>How often the job was restarted after a failure.</summary>
    public int Restarts => _job.Restarts;

    /// <summary>The failure after which it was restarted last; null: it never was.</summary>
    public QueryStreamException? RestartCause => _job.RestartCause;

    /// <summary>The job's failures, the newest first, at most <see cref="JobFailure.MaxKept"/>.</summary>
    public IReadOnlyList<JobFailure> Failures => _job.Failures;

    /// <summary>The tasks of former attempts as they ended, the newest first, some of each subtask.</summary>
    public IReadOnlyList<TaskInfo> FormerTasks => _job.FormerTasks;

    /// <summary>What has happened to the job, the newest first, at most <see cref="JobEvent.MaxKept"/>.</summary>
    public IReadOnlyList<JobEvent> Events => _job.Events;

    /// <summary>The job's metrics.</summary>
    public JobMetrics Metrics()
    {
        PublishedJob job = _job;
        return job.RunningSince is not long since
            ? job.Metrics
            : job.Metrics with { RunningFor = _time.GetElapsedTime(since, job.EndedAt ?? _time.GetTimestamp()) };
    }

    /// <summary>Cancels the job, and completes when it has ended. A job that has ended or is failing only completes.</summary>
    public Task CancelAsync()
    {
        _tell(new JobMasterMessage.Cancel());
        return Completion;
    }

    /// <summary>Takes a savepoint. The job goes on.</summary>
    /// <param name="directory">Where its own directory is created, <c>file:///PATH</c>; null: in that of the settings.</param>
    /// <returns>Its path, from which a job can be started.</returns>
    /// <exception cref="QueryStreamException">It failed, or cannot be taken.</exception>
    public Task<string> TakeSavepointAsync(string? directory = null) => RequestSavepointAsync(directory, stop: null);

    /// <summary>Takes a savepoint with which the job stops. <see cref="Completion"/> completes when its output is committed.</summary>
    /// <param name="directory">Where its own directory is created, <c>file:///PATH</c>; null: in that of the settings.</param>
    /// <param name="drain">Whether event time ends before, so that all windows fire: for a job that is not to be continued.</param>
    /// <returns>Its path, when it is complete.</returns>
    /// <exception cref="QueryStreamException">It failed, or cannot be taken; the job goes on. When draining failed, it restarts.</exception>
    public Task<string> StopWithSavepointAsync(string? directory = null, bool drain = false) =>
        RequestSavepointAsync(directory, drain ? StopMode.Drain : StopMode.Suspend);

    /// <summary>
    /// Lets the job run at another parallelism: it takes a checkpoint and restarts from it, which its restart strategy does not count. A coordinator
    /// after this one resumes it at that parallelism.
    /// </summary>
    /// <param name="parallelism">That of operators for which the job sets none.</param>
    /// <returns>When it is certain that the job does so, and the registry knows. The checkpoint and the restart follow.</returns>
    /// <exception cref="QueryStreamException">
    /// The job goes on as before: it is not running, takes no checkpoints, is being rescaled already, cannot be built at that parallelism, or too few
    /// slots are free for it and the scheduler is not adaptive.
    /// </exception>
    public Task<RescaleResult> RescaleAsync(int parallelism)
    {
        TaskCompletionSource<RescaleResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _tell(new JobMasterMessage.Rescale(parallelism, answer));
        return answer.Task;
    }

    /// <summary>Completes when the job has its slots; faults or is cancelled if it ends before.</summary>
    internal Task Accepted => _accepted.Task;

    internal void Attach(Action<JobMasterMessage> tell) => _tell = tell;

    internal void Accept() => _accepted.TrySetResult();

    internal void Publish(PublishedJob job)
    {
        _job = job;
        if (job.Status is JobStatus.Running)
        {
            _running.TrySetResult();
        }
    }

    /// <summary>Called once, after the job has published its end and its slots are free.</summary>
    internal void Complete(QueryStreamException? failure)
    {
        End(_accepted, failure);
        End(_running, failure);

        _completion.TrySetResult(new JobResult(Status, failure, Metrics()) { Checkpoints = Checkpoints, Restarts = Restarts });
    }

    private static ImmutableList<JobEvent> EventsBefore(RegisteredJob job, TimeProvider time)
    {
        JobEvent submitted = new(JobEventKind.Submitted, job.SubmittedAt, job.Submission.ProvisionalName);
        return job.Recoveries == 0
            ? [submitted]
            : [new JobEvent(JobEventKind.Resumed, time.GetUtcNow(), "A coordinator that has begun to lead goes on with the job"), submitted];
    }

    private static void End(TaskCompletionSource source, QueryStreamException? failure)
    {
        if (failure is null)
        {
            source.TrySetCanceled();
        }
        else if (source.TrySetException(failure))
        {
            // Observed here: a caller that does not await it reads the failure from Completion.
            _ = source.Task.Exception;
        }
    }

    private Task<string> RequestSavepointAsync(string? directory, StopMode? stop)
    {
        TaskCompletionSource<string> path = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _tell(new JobMasterMessage.Savepoint(directory, stop, path));
        return path.Task;
    }
}
