namespace QueryStream.JobSubmit.Chaos;

/// <summary>When one of the outputs has shown how many new events, and how late. Safe on any thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class OutputSeries(TimeProvider time)
{
    // How exact gaps and rates are.
    private static readonly TimeSpan BucketSize = TimeSpan.FromMilliseconds(10);

    // Guards the buckets and the histogram: outputs are read while rounds are measured.
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly List<int> _buckets = [];
    private LatencyHistogram _latencies = new();

    /// <summary>Adds events that arrive now.</summary>
    /// <param name="timestamp">Now.</param>
    /// <param name="events">How many of them are new.</param>
    /// <param name="latency">How long ago the newest of them was produced, in milliseconds; null: nobody knows.</param>
    public void Add(long timestamp, int events, long? latency)
    {
        lock (_lock)
        {
            int index = IndexOf(timestamp);
            while (_buckets.Count <= index)
            {
                _buckets.Add(0);
            }

            _buckets[index] += events;
            if (latency is long milliseconds)
            {
                _latencies.Add(milliseconds);
            }
        }
    }

    /// <summary>Begins the next interval of latencies.</summary>
    /// <returns>The latencies of the interval that ends.</returns>
    public LatencyHistogram NextInterval()
    {
        lock (_lock)
        {
            LatencyHistogram ended = _latencies;
            _latencies = new LatencyHistogram();
            return ended;
        }
    }

    /// <summary>The events a second between two moments.</summary>
    public double RateOf(long from, long to)
    {
        lock (_lock)
        {
            long events = 0;
            for (int i = IndexOf(from); i < Math.Min(IndexOf(to), _buckets.Count); i++)
            {
                events += _buckets[i];
            }

            return events / Math.Max(time.GetElapsedTime(from, to).TotalSeconds, 0.001);
        }
    }

    /// <summary>The longest time without new events of which a part is between two moments.</summary>
    public TimeSpan LongestGap(long from, long to)
    {
        lock (_lock)
        {
            // Back to the last events before.
            int first = Math.Min(IndexOf(from), _buckets.Count);
            while (first > 0 && (first == _buckets.Count || _buckets[first] == 0))
            {
                first--;
            }

            int longest = 0, current = 0;
            for (int i = first; i < IndexOf(to); i++)
            {
                current = i < _buckets.Count && _buckets[i] > 0 ? 0 : current + 1;
                longest = Math.Max(longest, current);
            }

            return longest * BucketSize;
        }
    }

    private int IndexOf(long timestamp) => (int)(time.GetElapsedTime(_start, timestamp) / BucketSize);
}
