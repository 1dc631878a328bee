using System.Globalization;
using Microsoft.Extensions.Hosting;
using QueryStream.Coordinator;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>
/// A coordinator and its workers in this process, with the code of a distributed cluster: they talk by messages only. Starts when it is
/// resolved, at the latest with its host. Safe on any thread.
/// </summary>
public sealed class LocalCluster : IHostedService, IAsyncDisposable
{
    private readonly CoordinatorNode _coordinator;
    private readonly InProcessJobs _jobs;
    private readonly List<WorkerNode> _workers = [];
    private int _disposed;

    internal LocalCluster(LocalClusterOptions options, CoordinatorNode coordinator, InProcessJobs jobs, Executor executor, WorkerServices services)
    {
        _coordinator = coordinator;
        _jobs = jobs;
        for (int number = 1; number <= options.Workers; number++)
        {
            WorkerId id = new(string.Create(CultureInfo.InvariantCulture, $"worker-{number}"));
            WorkerNode worker = new(new WorkerOptions(id, options.SlotsPerWorker) { MetricsInterval = options.MetricsInterval }, executor, services);
            _workers.Add(worker);
            InMemoryConnection.Open(_coordinator, worker);
        }
    }

    /// <summary>Submits a job.</summary>
    /// <param name="job">The job. Coordinator and workers each call its <see cref="IStreamJob.Define"/>, on threads of their own.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="parallelism">How many subtasks each of its vertices has, and so how many slots it needs.</param>
    /// <param name="cancellationToken">Gives up; the job is cancelled.</param>
    /// <returns>The job, when its graph is built and its slots are allocated. Its tasks may still fail to start.</returns>
    /// <exception cref="QueryStreamException">The definition or a setting is wrong, or there are too few slots.</exception>
    public async Task<JobHandle> SubmitAsync(IStreamJob job, JobSettings settings, int parallelism, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        await _coordinator.WaitForWorkersAsync(_workers.Count, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Completes when all workers have registered.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _coordinator.WaitForWorkersAsync(_workers.Count, cancellationToken);

    /// <summary>Cancels all jobs and stops the workers, as <see cref="DisposeAsync"/> does.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <summary>Cancels all jobs, and waits until they have ended and all workers have stopped; at most 35 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // The jobs first, so that they end as cancelled and not as failed by the loss of their workers.
        await _coordinator.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
