using QueryStream.Core.Metrics;

namespace QueryStream.Runtime.Tasks;

/// <summary>Counts rows or writes by latency. Written in turns of one task, read on any thread.</summary>
public sealed class LatencyRecorder
{
    private readonly long[] _counts = new long[LatencyCounts.Buckets];

    /// <summary>The counts; those of different buckets may be of different moments.</summary>
    public LatencyCounts Read()
    {
        long[] copy = new long[_counts.Length];
        for (int bucket = 0; bucket < copy.Length; bucket++)
        {
            copy[bucket] = Volatile.Read(ref _counts[bucket]);
        }

        return new LatencyCounts(copy);
    }

    internal void Add(double milliseconds, int count)
    {
        ref long bucket = ref _counts[LatencyCounts.BucketOf(milliseconds)];
        Volatile.Write(ref bucket, bucket + count);
    }
}
