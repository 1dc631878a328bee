using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>A submitted job as others see it. Safe on any thread; stays readable when the job has ended.</summary>
public sealed class JobHandle
{
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JobResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by the job's master, read by anyone: what is read is always one whole snapshot.
    private volatile JobSnapshot _snapshot;
    private Action _cancel = static () => { };

    internal JobHandle(JobId id, string name, TimeProvider time)
    {
        Id = id;
        _time = time;
        _snapshot = new JobSnapshot(name, JobStatus.Initializing, [], new JobMetrics());
    }

    /// <summary>The job's identity.</summary>
    public JobId Id { get; }

    /// <summary>The job's name.</summary>
    public string Name => _snapshot.Name;

    /// <summary>Where the job is in its life.</summary>
    public JobStatus Status => _snapshot.Status;

    /// <summary>The job's tasks, by vertex and subtask.</summary>
    public IReadOnlyList<TaskSnapshot> Tasks => _snapshot.Tasks;

    /// <summary>
    /// Completes when all tasks run. If that never happens it faults with the job's failure, or is cancelled if the job was.
    /// </summary>
    public Task Running => _running.Task;

    /// <summary>Completes when the job has ended and its slots are free. Never faults.</summary>
    public Task<JobResult> Completion => _completion.Task;

    /// <summary>What the job has counted.</summary>
    public JobMetrics Metrics()
    {
        JobSnapshot snapshot = _snapshot;
        return snapshot.RunningSince is not long since
            ? snapshot.Metrics
            : snapshot.Metrics with { RunningFor = _time.GetElapsedTime(since, snapshot.EndedAt ?? _time.GetTimestamp()) };
    }

    /// <summary>Cancels the job, and completes when it has ended. Does nothing else if it has ended, or is failing, already.</summary>
    public Task CancelAsync()
    {
        _cancel();
        return Completion;
    }

    internal void Attach(Action cancel) => _cancel = cancel;

    internal void Publish(JobSnapshot snapshot)
    {
        _snapshot = snapshot;
        if (snapshot.Status is JobStatus.Running)
        {
            _running.TrySetResult();
        }
    }

    /// <summary>The last thing to happen to a handle: its job has published how it ended, and its slots are free.</summary>
    internal void Complete(QueryStreamException? failure)
    {
        if (failure is null)
        {
            _running.TrySetCanceled();
        }
        else if (_running.TrySetException(failure))
        {
            // Seen: whoever does not wait for Running reads the failure from Completion.
            _ = _running.Task.Exception;
        }

        _completion.TrySetResult(new JobResult(Status, failure, Metrics()));
    }
}
