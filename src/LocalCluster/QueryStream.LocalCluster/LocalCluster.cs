using System.Globalization;
using Microsoft.Extensions.Hosting;
using QueryStream.Coordinator;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>
/// A coordinator and its workers in this process. They run the code of a distributed cluster and communicate by messages only. The workers start
/// with the first job, so that they have the slots that it needs. Thread-safe.
/// </summary>
public sealed class LocalCluster : IHostedService, IAsyncDisposable
{
    private readonly LocalClusterOptions _options;
    private readonly CoordinatorNode _coordinator;
    private readonly InProcessJobs _jobs;
    private readonly Executor _executor;
    private readonly WorkerServices _services;

    // Guards workers and disposal, since jobs may be submitted on several threads.
    private readonly Lock _lock = new();
    private readonly List<WorkerNode> _workers = [];
    private bool _disposed;

    internal LocalCluster(LocalClusterOptions options, CoordinatorNode coordinator, InProcessJobs jobs, Executor executor, WorkerServices services)
    {
        _options = options;
        _coordinator = coordinator;
        _jobs = jobs;
        _executor = executor;
        _services = services;
    }

    /// <summary>Submits a job that takes no checkpoints and is not restarted. Otherwise as the other overload.</summary>
    public Task<JobHandle> SubmitAsync(IStreamJob job, JobSettings settings, int parallelism, CancellationToken cancellationToken) =>
        SubmitAsync(job, new LocalSubmission(settings, parallelism), cancellationToken);

    /// <summary>Submits a job.</summary>
    /// <param name="job">The job. Coordinator and workers each call its <see cref="IStreamJob.Define"/>, on threads of their own.</param>
    /// <param name="submission">How it is run.</param>
    /// <param name="cancellationToken">Gives up; the job is cancelled.</param>
    /// <returns>The job, when its graph is built and its slots are allocated. Its tasks may still fail to start.</returns>
    /// <exception cref="SettingException">A setting is wrong, or the cluster's slots were set to too few for the job.</exception>
    /// <exception cref="JobDefinitionException">The definition is wrong.</exception>
    /// <exception cref="NotEnoughSlotsException">Other jobs occupy the slots that it needs.</exception>
    /// <exception cref="QueryStreamException">What it starts from is missing, damaged or of another job, or its storage cannot be used.</exception>
    public async Task<JobHandle> SubmitAsync(IStreamJob job, LocalSubmission submission, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(submission);
        StartWorkers(JobGraph.Create(StreamBuilder.Build(job, submission.Settings), submission.Parallelism));
        await _coordinator.WaitForWorkersAsync(_options.Workers, cancellationToken).ConfigureAwait(false);
        JobReference reference = _jobs.Add(job);
        try
        {
            JobHandle handle = await _coordinator.SubmitAsync(submission.Of(reference), cancellationToken).ConfigureAwait(false);
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

    /// <summary>Does nothing: the workers start with the first job.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Cancels all jobs and stops the workers, as <see cref="DisposeAsync"/> does.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <summary>Cancels all jobs, and waits until they have ended and all workers have stopped; at most 35 s.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        // The jobs first, so that they end as cancelled and not as failed by the loss of their workers.
        await _coordinator.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private void StartWorkers(JobGraph first)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int slots = _options.SlotsPerWorker(first.Name, first.Slots);
            for (int number = _workers.Count + 1; number <= _options.Workers; number++)
            {
                WorkerId id = new(string.Create(CultureInfo.InvariantCulture, $"worker-{number}"));
                WorkerNode worker = new(new WorkerOptions(id, slots) { MetricsInterval = _options.MetricsInterval }, _executor, _services);
                _workers.Add(worker);
                InMemoryConnection.Open(_coordinator, worker);
            }
        }
    }
}
