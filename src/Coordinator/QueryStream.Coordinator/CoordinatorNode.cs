using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Master;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>
/// The coordinator (Flink's JobManager). Whoever connects workers to it, over a network or within a process, tells it of what
/// arrives and of connections that are gone. Safe on any thread.
/// </summary>
public sealed class CoordinatorNode : IAsyncDisposable
{
    // Longer than workers take to end a task whose systems outside do not answer.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly ActorRef<MasterMessage> _master;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Written by the cluster's master, read by anyone: what is read is always one whole view.
    private volatile ClusterView _view = ClusterView.Empty;

    /// <summary>Starts a coordinator.</summary>
    /// <param name="executor">Where its actors run.</param>
    /// <param name="loader">Finds the code of jobs.</param>
    /// <param name="loggers">Where to log.</param>
    public CoordinatorNode(Executor executor, IJobLoader loader, ILoggerFactory loggers)
    {
        _time = executor.Time;
        _log = loggers.CreateLogger<CoordinatorNode>();
        _master = executor.Start("cluster master", new ClusterMaster(loader, loggers, view => _view = view));
    }

    /// <summary>A worker says something, on a connection whose other half is that link.</summary>
    public void Receive(ILink<WorkerMessage> link, CoordinatorMessage message) => _master.Tell(new MasterMessage.WorkerSaid(link, message));

    /// <summary>The connection of that link is gone.</summary>
    public void Disconnected(ILink<WorkerMessage> link) => _master.Tell(new MasterMessage.ConnectionLost(link));

    /// <summary>Submits a job.</summary>
    /// <returns>The job, when its graph is built and its slots are its own; its tasks may still fail to start.</returns>
    /// <exception cref="QueryStreamException">The job cannot be loaded, its definition or a setting is wrong, or there are too few slots.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the job is cancelled.</exception>
    public async Task<JobHandle> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken)
    {
        TaskCompletionSource<JobHandle> accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(() => accepted.TrySetCanceled(cancellationToken));

        // Captured now, and in order, whatever the caller does with its dictionary.
        JobSettings settings = new(new SortedDictionary<string, string>(
            submission.Settings.Values.ToDictionary(setting => setting.Key, setting => setting.Value), StringComparer.Ordinal));
        _master.Tell(new MasterMessage.Submit(submission with { Settings = settings }, accepted));
        return await accepted.Task.ConfigureAwait(false);
    }

    /// <summary>Waits until so many workers are registered.</summary>
    public async Task WaitForWorkersAsync(int count, CancellationToken cancellationToken)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _master.Tell(new MasterMessage.AwaitWorkers(count, reached));
        await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The workers with their slots and the tasks in them, as of now.</summary>
    public ClusterSnapshot Snapshot() => _view.ToSnapshot();

    /// <summary>Cancels all jobs and takes no new ones. <see cref="Stopped"/> completes when they have ended.</summary>
    public void Stop() => _master.Tell(new MasterMessage.Stop());

    /// <summary>Completes when the coordinator has stopped. Never faults.</summary>
    public Task Stopped => _master.Stopped;

    /// <summary>Stops, and waits for it up to 20 s.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await _master.Stopped.WaitAsync(StopLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StopTimedOut(_log, StopLimit);
        }
    }
}
