using QueryStream.Coordinator;
using QueryStream.Core.Identity;

namespace QueryStream.Web.Watching;

/// <summary>Makes samples of what the coordinator publishes. What it keeps is bounded. Used by one thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class ClusterSampler(TimeProvider time)
{
    private const int MaxEvents = 60;
    private const int EventsOfJob = 12;

    private readonly Series _reads = new(Series.DefaultCapacity);
    private readonly Series _writes = new(Series.DefaultCapacity);
    private Dictionary<JobId, JobTracker> _trackers = [];
    private CoordinatorNode? _node;

    /// <summary>The jobs of the last sample. Replaced as a whole by the next one.</summary>
    public IReadOnlyDictionary<JobId, JobTracker> Trackers => _trackers;

    /// <summary>Takes a sample.</summary>
    public ClusterSample Sample(CoordinatorNode node)
    {
        if (node != _node)
        {
            // Jobs of a former leadership have other handles now.
            (_node, _trackers) = (node, []);
        }

        DateTimeOffset now = time.GetUtcNow();
        long timestamp = time.GetTimestamp();
        ClusterOverview overview = node.Overview();
        Dictionary<JobId, JobTracker> trackers = new(overview.Jobs.Count + overview.EndedJobs.Count);
        foreach (JobHandle job in overview.Jobs.Concat(overview.EndedJobs))
        {
            JobTracker tracker = _trackers.TryGetValue(job.Id, out JobTracker? known) && known.Job == job ? known : new JobTracker(job, time);
            if (!tracker.IsFinal)
            {
                tracker.Sample(now, timestamp);
            }

            trackers[job.Id] = tracker;
        }

        _trackers = trackers;
        JobSample[] jobs = [.. overview.Jobs.Select(job => trackers[job.Id].Last)];
        _reads.Add(jobs.Sum(job => job.ReadRate ?? 0));
        _writes.Add(jobs.Sum(job => job.WriteRate ?? 0));
        return new ClusterSample(now, Leads: true, overview)
        {
            Jobs = jobs,
            EndedJobs = [.. overview.EndedJobs.Select(job => trackers[job.Id].Last)],
            Events = EventsOf(overview),
            Reads = _reads.ToArray(),
            Writes = _writes.ToArray(),
        };
    }

    private RecentEvent[] EventsOf(ClusterOverview overview)
    {
        List<RecentEvent> all = [.. overview.Events.Take(MaxEvents).Select(EventTexts.Of)];
        foreach (JobHandle job in overview.Jobs.Concat(overview.EndedJobs))
        {
            IReadOnlyList<JobEvent> events = job.Events;
            for (int i = 0; i < Math.Min(events.Count, EventsOfJob); i++)
            {
                all.Add(EventTexts.Of(_trackers[job.Id].Last, events[i]));
            }

            if (job.Checkpoints.LastFailed is { } failed)
            {
                all.Add(EventTexts.Of(_trackers[job.Id].Last, failed));
            }
        }

        return [.. all.OrderByDescending(happened => happened.At).Take(MaxEvents)];
    }
}
