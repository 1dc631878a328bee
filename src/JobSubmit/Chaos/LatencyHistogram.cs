namespace QueryStream.JobSubmit.Chaos;

/// <summary>Latencies, counted by milliseconds. Used under the lock of its owner.</summary>
internal sealed class LatencyHistogram
{
    // What is longer counts as this, so that no broken time uses up the memory.
    private const int MaxMilliseconds = 600_000;

    private readonly List<int> _counts = [];

    /// <summary>How many latencies there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a latency. Clocks of the same machine may differ by a millisecond, so a negative one is 0.</summary>
    public void Add(long milliseconds)
    {
        int index = (int)Math.Clamp(milliseconds, 0, MaxMilliseconds);
        Grow(index + 1);
        _counts[index]++;
        Count++;
    }

    /// <summary>Adds all latencies of another one.</summary>
    public void Add(LatencyHistogram other)
    {
        Grow(other._counts.Count);
        for (int i = 0; i < other._counts.Count; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>The latency that this share of all do not exceed; null: there are none.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public TimeSpan? Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Count; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return TimeSpan.FromMilliseconds(i);
            }
        }

        return null;
    }

    private void Grow(int count)
    {
        while (_counts.Count < count)
        {
            _counts.Add(0);
        }
    }
}
