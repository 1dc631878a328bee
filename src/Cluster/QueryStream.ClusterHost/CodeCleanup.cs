using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;

namespace QueryStream.Cluster.Host;

/// <summary>
/// Deletes the code of jobs that processes of this machine have loaded and no longer use. Each process does, when it starts and every hour.
/// </summary>
/// <param name="loader">Knows what this process uses.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class CodeCleanup(BundleLoader loader, TimeProvider time, ILogger<CodeCleanup> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                loader.DeleteUnused();
            }
            catch (BlobException e)
            {
                Log.CodeNotDeleted(log, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
