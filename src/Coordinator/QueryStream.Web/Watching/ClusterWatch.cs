using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Rest;

namespace QueryStream.Web.Watching;

/// <summary>
/// Samples what the coordinator publishes, once a second for all open pages, and tells them. Thread-safe.
/// </summary>
/// <param name="leadership">Whether this process leads.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class ClusterWatch(ILeadership leadership, TimeProvider time, ILogger<ClusterWatch> log) : BackgroundService
{
    /// <summary>From sample to sample.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ClusterSampler _sampler = new(time);

    // Written by the loop, read by pages. Volatile, so that pages see a whole sample, and the trackers of the same one or a later one.
    private volatile ClusterSample _current = new(DateTimeOffset.UnixEpoch, Leads: false, new ClusterOverview([]));
    private volatile IReadOnlyDictionary<JobId, JobTracker> _trackers = new Dictionary<JobId, JobTracker>();

    /// <summary>Raised after each sample, on no particular thread. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>The last sample.</summary>
    public ClusterSample Current => _current;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>A job for its page; null: there is none.</summary>
    public JobDetail? Find(JobId id) => _trackers.TryGetValue(id, out JobTracker? tracker) ? tracker.Detail(_current.At) : null;

    /// <summary>Takes a sample.</summary>
    public void Sample()
    {
        try
        {
            if (leadership.Leading is { } node)
            {
                _current = _sampler.Sample(node);
                _trackers = _sampler.Trackers;
            }
            else
            {
                _current = _current with { Leads = false };
            }
        }
        catch (Exception e)
        {
            Log.WatchFailed(log, e);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            Sample();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
