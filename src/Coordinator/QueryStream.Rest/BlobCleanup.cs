using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Rest.Uploads;

namespace QueryStream.Rest;

/// <summary>
/// Deletes the files of jobs that have ended, while this process leads, so that its store does not fill. What a job needs that has not ended, or that
/// the registry knows, or that was uploaded to be run, is kept and counts as used. What else was used lately is kept too: its job may be about to be
/// submitted.
/// </summary>
/// <param name="store">The blobs.</param>
/// <param name="leadership">Whether this process leads.</param>
/// <param name="registry">The jobs that are to be resumed; null: none are.</param>
/// <param name="uploads">The uploads that may be run.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class BlobCleanup(
    BlobStore store, ILeadership leadership, IJobRegistry? registry, UploadList uploads, TimeProvider time, ILogger<BlobCleanup> log)
    : BackgroundService
{
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(15);

    private CoordinatorNode? _node;
    private long _leadingSince;

    // Several times before a blob counts as unused, since coordinators of other clusters may share the directory.
    private TimeSpan Interval => store.Options.DeleteUnusedAfter / 4 < MaxInterval ? store.Options.DeleteUnusedAfter / 4 : MaxInterval;

    /// <summary>Marks what is needed, and deletes what is not.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        CoordinatorNode? node = leadership.Leading;
        if (node != _node)
        {
            (_node, _leadingSince) = (node, time.GetTimestamp());
        }

        if (node is null)
        {
            return;
        }

        try
        {
            HashSet<ContentHash> needed = await UseNeededAsync(node, cancellationToken).ConfigureAwait(false);

            // What was sent to, or asked of, the leader before this one is not known here, but by now it is too old to matter.
            if (time.GetElapsedTime(_leadingSince) > store.Options.DeleteUnusedAfter && leadership.Leading == node)
            {
                await store.DeleteUnusedAsync(needed, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (QueryStreamException e)
        {
            Log.CleanupFailed(log, e.Message);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            await RunAsync(stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    // The registry first: a job that is being resumed is there, and may not be known to the coordinator yet. One that is submitted after both were
    // read has marked its files itself.
    private async Task<HashSet<ContentHash>> UseNeededAsync(CoordinatorNode node, CancellationToken cancellationToken)
    {
        RegisteredJobs registered = registry is null ? RegisteredJobs.None : await registry.ReadAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<JobSubmission> jobs = [.. registered.Jobs.Select(job => job.Submission), .. node.Overview().Jobs.Select(job => job.Submission)];
        HashSet<ContentHash> needed = [];
        IEnumerable<string> uploaded = uploads.Of(node).Select(upload => upload.Bundle.ToString());
        foreach (string content in jobs.Select(job => job.Reference.Content).Concat(uploaded).Distinct(StringComparer.Ordinal))
        {
            if (ContentHash.TryParse(content, out ContentHash bundle))
            {
                needed.UnionWith(await store.UseAsync(bundle, cancellationToken).ConfigureAwait(false));
            }
        }

        return registered.Damaged == 0
            ? needed
            : throw new BlobException(
                $"{registered.Damaged} jobs of the registry cannot be read, as was logged, and may need them. Repair or delete these");
    }
}
