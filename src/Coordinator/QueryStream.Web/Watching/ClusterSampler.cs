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
    private readonly List<RecentEvent> _ofWorkers = [];
    private Dictionary<JobId, JobTracker> _trackers = [];
    private HashSet<string>? _workers;
    private CoordinatorNode? _node;

    /// <summary>The jobs of the last sample. Replaced as a whole by the next one.</summary>
    public IReadOnlyDictionary<JobId, JobTracker> Trackers => _trackers;

    /// <summary>Takes a sample.</summary>
    public ClusterSample Sample(CoordinatorNode node)
    {
        if (node != _node)
        {
            // Jobs of a former leadership have other handles now.
            (_node, _trackers, _workers) = (node, [], null);
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
        CompareWorkers(overview, now);
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
        List<RecentEvent> all = [.. _ofWorkers];
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

    private void CompareWorkers(ClusterOverview overview, DateTimeOffset now)
    {
        HashSet<string> there = [.. overview.Workers.Select(worker => worker.Worker.Name)];
        if (_workers is { } before && !before.SetEquals(there))
        {
            foreach (string name in there.Except(before).Order(StringComparer.Ordinal))
            {
                Add(new RecentEvent(now, EventLevel.Info, $"Worker {name} has registered", "", null, ""));
            }

            foreach (string name in before.Except(there).Order(StringComparer.Ordinal))
            {
                Add(new RecentEvent(now, EventLevel.Warning, $"Worker {name} is gone", "", null, ""));
            }
        }

        _workers = there;
    }

    private void Add(RecentEvent happened)
    {
        _ofWorkers.Insert(0, happened);
        if (_ofWorkers.Count > MaxEvents)
        {
            _ofWorkers.RemoveAt(MaxEvents);
        }
    }
}
