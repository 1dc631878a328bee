namespace QueryStream.Core.Metrics;

/// <summary>How many rows had which latency: a histogram with fixed bounds. Immutable.</summary>
public sealed class LatencyCounts
{
    /// <summary>The upper bounds of the buckets, in milliseconds; the last bucket has none.</summary>
    public static IReadOnlyList<int> Bounds { get; } = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 60_000];

    /// <summary>The number of buckets.</summary>
    public static int Buckets => Bounds.Count + 1;

    /// <summary>No row.</summary>
    public static LatencyCounts None { get; } = new(new long[Buckets]);

    /// <summary>Creates a histogram.</summary>
    /// <param name="counts">The rows of each bucket.</param>
    /// <exception cref="ArgumentException">The number of buckets is another one.</exception>
    public LatencyCounts(IReadOnlyList<long> counts) => Counts = counts.Count == Buckets
        ? counts
        : throw new ArgumentException($"A histogram of latency has {Buckets} buckets, not {counts.Count}.", nameof(counts));

    /// <summary>The rows of each bucket.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>All rows.</summary>
    public long Total => Counts.Sum();

    /// <summary>The bucket of a latency.</summary>
    public static int BucketOf(double milliseconds)
    {
        int bucket = 0;
        while (bucket < Bounds.Count && milliseconds > Bounds[bucket])
        {
            bucket++;
        }

        return bucket;
    }

    /// <summary>The rows since an earlier state.</summary>
    public LatencyCounts Since(LatencyCounts earlier) => new([.. Counts.Select((count, bucket) => count - earlier.Counts[bucket])]);

    /// <summary>
    /// A latency that this part of the rows does not exceed, in milliseconds: the upper bound of its bucket; null without rows. What is above all
    /// bounds counts as infinite.
    /// </summary>
    /// <param name="part">0 to 1.</param>
    public double? Percentile(double part)
    {
        long total = Total;
        long rows = 0;
        for (int bucket = 0; total > 0 && bucket < Buckets; bucket++)
        {
            rows += Counts[bucket];
            if (rows >= part * total)
            {
                return bucket < Bounds.Count ? Bounds[bucket] : double.PositiveInfinity;
            }
        }

        return null;
    }
}
