using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>
/// A coordinator and its workers in this process, the same code as in a cluster of many: they know each other by messages only.
/// Safe on any thread.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly LocalClusterOptions _options;
    private readonly ILogger _log;
    private readonly ThreadPoolExecutor _executor;
    private readonly InProcessJobs _jobs = new();
    private readonly CoordinatorNode _coordinator;
    private readonly List<WorkerNode> _workers = [];
    private int _disposed;

    private LocalCluster(LocalClusterOptions options)
    {
        _options = options;
        _log = options.Loggers.CreateLogger<LocalCluster>();
        _executor = new ThreadPoolExecutor(options.Time, (actor, defect) => Log.ActorFailed(_log, defect, actor));
        _coordinator = new CoordinatorNode(_executor, _jobs, options.Loggers);
        WorkerServices services = new(_jobs, new InMemoryChannels(), options.Services, options.Loggers);
        for (int number = 1; number <= options.Workers; number++)
        {
            WorkerId id = new(string.Create(CultureInfo.InvariantCulture, $"worker-{number}"));
            WorkerOptions worker = new(id, options.SlotsPerWorker) { MetricsInterval = options.MetricsInterval };
            WorkerNode node = new(worker, _executor, services);
            _workers.Add(node);
            InMemoryConnection.Open(_coordinator, node);
        }
    }

    /// <summary>Starts a cluster.</summary>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    public static LocalCluster Start(LocalClusterOptions options)
    {
        options.Validate();
        return new LocalCluster(options);
    }

    /// <summary>Submits a job.</summary>
    /// <param name="job">The job. Coordinator and workers each call its <see cref="IStreamJob.Define"/>, on threads of their own.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="parallelism">How many subtasks each of its vertices has, and so how many slots it needs.</param>
    /// <param name="cancellationToken">Gives up; the job is cancelled.</param>
    /// <returns>The job, when its graph is built and its slots are its own; its tasks may still fail to start.</returns>
    /// <exception cref="QueryStreamException">The definition or a setting is wrong, or there are too few slots.</exception>
    public async Task<JobHandle> SubmitAsync(IStreamJob job, JobSettings settings, int parallelism, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        await _coordinator.WaitForWorkersAsync(_options.Workers, cancellationToken).ConfigureAwait(false);
        JobReference reference = _jobs.Add(job);
        try
        {
            JobHandle handle = await _coordinator.SubmitAsync(new JobSubmission(reference, settings, parallelism), cancellationToken).ConfigureAwait(false);
            _ = handle.Completion.ContinueWith(
                _ => _jobs.Remove(reference), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return handle;
        }
        catch
        {
            _jobs.Remove(reference);
            throw;
        }
    }

    /// <summary>The workers with their slots and the tasks in them, as of now.</summary>
    public ClusterOverview Overview() => _coordinator.Overview();

    /// <summary>Cancels all jobs, and waits until they have ended and all workers have stopped; no longer than 35 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // First the jobs, so that they end as cancelled and not as having lost their workers.
        await _coordinator.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask())).ConfigureAwait(false);
        _executor.Dispose();
    }
}
