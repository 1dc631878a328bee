using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Graph;

namespace QueryStream.Cluster.Leadership;

/// <summary>
/// Loads the jobs of the registry while this process does not lead, so that it takes them over sooner when it does: their files are here, and the
/// code that defines them is compiled. Nothing depends on it.
/// </summary>
/// <param name="state">Whether this process leads.</param>
/// <param name="registry">The jobs that have not ended; null: they end with their coordinator.</param>
/// <param name="loader">Loads their code.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class StandbyPreparation(
    LeadershipState state, IJobRegistry? registry, IJobLoader loader, TimeProvider time, ILogger<StandbyPreparation> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Those that were loaded, or never can be.
    private readonly HashSet<JobId> _known = [];

    /// <summary>Loads the jobs that are new in the registry, unless this process leads.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        if (registry is null || state.Leading is not null)
        {
            return;
        }

        try
        {
            RegisteredJobs registered = await registry.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (RegisteredJob job in registered.Jobs)
            {
                if (!_known.Contains(job.Id) && await IsLoadedAsync(job, cancellationToken).ConfigureAwait(false))
                {
                    _known.Add(job.Id);
                }
            }

            _known.IntersectWith(registered.Jobs.Select(job => job.Id));
        }
        catch (CheckpointStorageException e)
        {
            // The next time is soon, and the leader says it too.
            Log.NoRegistry(log, e.Message);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await RunAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    // False: the next time may succeed.
    private async Task<bool> IsLoadedAsync(RegisteredJob job, CancellationToken cancellationToken)
    {
        JobSubmission submission = job.Submission;
        try
        {
            await new JobGraphBuild(loader, submission.Reference, submission.Settings, submission.Parallelism)
                .RunAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (QueryStreamException e) when (e.Domain == ErrorDomain.External)
        {
            Log.NotPreparedNow(log, submission.ProvisionalName, job.Id, e.Message);
            return false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Code of the job may throw anything, and must not end this process.
            Log.NotPrepared(log, submission.ProvisionalName, job.Id, e.Message);
            return true;
        }
    }
}
