using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>
/// The coordinator (Flink's JobManager). A transport, over a network or within a process, passes it the messages of workers and reports
/// lost connections. Thread-safe.
/// </summary>
public sealed class CoordinatorNode : IAsyncDisposable
{
    // Longer than workers take to end a task whose external system does not respond.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly ActorRef<MasterMessage> _master;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Written by the cluster's master, read on any thread. Volatile, so that readers see a consistent value.
    private volatile PublishedCluster _cluster = PublishedCluster.Empty;

    /// <summary>Starts a coordinator.</summary>
    /// <param name="epoch">Its epoch as leader: higher than that of every coordinator before it.</param>
    /// <param name="executor">Where its actors run.</param>
    /// <param name="parts">What it gets from its host.</param>
    public CoordinatorNode(Epoch epoch, Executor executor, CoordinatorParts parts)
    {
        parts.Options.Validate();
        _time = executor.Time;
        _log = parts.Loggers.CreateLogger<CoordinatorNode>();
        _master = executor.Start("cluster master", new ClusterMaster(epoch, parts, cluster => _cluster = cluster));
    }

    /// <summary>Resumes a job that a coordinator before this one has run, from its last checkpoint. It keeps its id.</summary>
    /// <param name="job">The job, as the registry knows it, with the number of this recovery.</param>
    /// <returns>The job, when it has its slots.</returns>
    public Task<JobHandle> RecoverAsync(RegisteredJob job)
    {
        TaskCompletionSource<JobHandle> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _master.Tell(new MasterMessage.Submit(job.Submission, accepted) { Recovered = job });
        return accepted.Task;
    }

    /// <summary>A worker has sent a message on the connection of that link.</summary>
    public void Receive(ILink<WorkerMessage> link, CoordinatorMessage message) => _master.Tell(new MasterMessage.MessageReceived(link, message));

    /// <summary>The connection of that link is lost.</summary>
    public void Disconnected(ILink<WorkerMessage> link) => _master.Tell(new MasterMessage.ConnectionLost(link));

    /// <summary>Submits a job.</summary>
    /// <returns>The job, when its graph is built and its slots are allocated. Its tasks may still fail to start.</returns>
    /// <exception cref="QueryStreamException">
    /// The job cannot be loaded, its definition or a setting is wrong, what it starts from is missing, damaged or of another job, the storage of its
    /// checkpoints cannot be used, or there are too few slots.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled, which cancels the job too.</exception>
    public async Task<JobHandle> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken)
    {
        (TaskCompletionSource<JobHandle> accepted, CancellationTokenRegistration registration) = Submit(submission, null, cancellationToken);
        using (registration)
        {
            return await accepted.Task.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Submits a job, unless there is one of the same name that is not ending. Atomic: of several submissions at the same time, one starts the job.
    /// </summary>
    /// <returns>The job, when it has its slots, and whether it was started by this call.</returns>
    /// <exception cref="SettingException">The submission names no job, or an option is not allowed.</exception>
    /// <exception cref="QueryStreamException">As for <see cref="SubmitAsync"/>; also where the other job fails before it has its slots.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled, or somebody has cancelled the other job.</exception>
    public async Task<(JobHandle Job, bool IsNew)> SubmitIfAbsentAsync(JobSubmission submission, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(submission.Name))
        {
            throw new SettingException("name", "is not set, and a job can be submitted once only by its name: give it one.");
        }

        TaskCompletionSource<JobHandle> existing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (TaskCompletionSource<JobHandle> accepted, CancellationTokenRegistration registration) = Submit(submission, existing, cancellationToken);
        using (registration)
        {
            if (await Task.WhenAny(accepted.Task, existing.Task).ConfigureAwait(false) == accepted.Task)
            {
                return (await accepted.Task.ConfigureAwait(false), true);
            }

            JobHandle other = await existing.Task.ConfigureAwait(false);
            await other.Accepted.WaitAsync(cancellationToken).ConfigureAwait(false);
            return (other, false);
        }
    }

    private (TaskCompletionSource<JobHandle> Accepted, CancellationTokenRegistration Registration) Submit(
        JobSubmission submission, TaskCompletionSource<JobHandle>? existing, CancellationToken cancellationToken)
    {
        submission.Options.Checkpoints.Validate();
        submission.Options.Restarts.Validate();
        TaskCompletionSource<JobHandle> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = cancellationToken.Register(() => accepted.TrySetCanceled(cancellationToken));

        // Copied, since the caller may change its dictionary, and sorted, so that equal settings give equal messages.
        JobSettings settings = new(new SortedDictionary<string, string>(
            submission.Settings.Values.ToDictionary(setting => setting.Key, setting => setting.Value), StringComparer.Ordinal));
        _master.Tell(new MasterMessage.Submit(submission with { Settings = settings }, accepted) { Existing = existing });
        return (accepted, registration);
    }

    /// <summary>Waits until a number of workers are registered.</summary>
    public async Task WaitForWorkersAsync(int count, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _master.Tell(new MasterMessage.AwaitWorkers(count, reached));
        await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A job that has not ended, or one of the last that have; null: there is none.</summary>
    public JobHandle? Find(JobId id) => _cluster.Find(id);

    /// <summary>The workers with their slots and the tasks in them, and the jobs, as of now.</summary>
    public ClusterOverview Overview() => _cluster.ToOverview();

    /// <summary>Cancels all jobs and accepts no new ones. <see cref="Stopped"/> completes when they have ended.</summary>
    public void Stop() => _master.Tell(new MasterMessage.Stop());

    /// <summary>Stops at once and leaves the jobs to the next coordinator: tasks run on, and the registry keeps the jobs.</summary>
    public void Abandon() => _master.Tell(new MasterMessage.Abandon());

    /// <summary>Completes when the coordinator has stopped. Never faults.</summary>
    public Task Stopped => _master.Stopped;

    /// <summary>Stops, and waits at most 20 s for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await _master.Stopped.WaitAsync(StopLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StopTimedOut(_log, Durations.Format(StopLimit));
        }
    }
}
