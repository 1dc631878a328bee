namespace QueryStream.Streams.Aggregates;

/// <summary>
/// Quantiles with a bounded relative error, mergeable without loss: DDSketch (Masson, Rim, Lee, VLDB 2019) with buckets that grow by a constant
/// factor, one store for each sign, and a count of zeros. The minimum and maximum are exact. Used by one thread.
/// </summary>
internal sealed class QuantileSketch
{
    // Smaller magnitudes count as zero, since the logarithm of a denormal number is not exact.
    private const double MinMagnitude = 1e-300;

    private readonly double _perLog;
    private readonly double _logMiddle;
    private readonly BucketStore _positive;
    private readonly BucketStore _negative;
    private long _zeros;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    public QuantileSketch(double relativeError)
    {
        // Slightly less than allowed, so that rounding errors of logarithms stay within the error.
        double error = relativeError * (1 - 1e-9);
        double growth = (1 + error) / (1 - error);
        _perLog = 1 / Math.Log(growth);

        // The point in a bucket (growth^(i-1), growth^i] whose relative distance to both ends is the error.
        _logMiddle = Math.Log(2 / (growth + 1));
        (_positive, _negative) = (new BucketStore(), new BucketStore());
    }

    private QuantileSketch(in QuantileContent content, BucketStore positive, BucketStore negative)
    {
        (_perLog, _logMiddle, _zeros, _min, _max, _, _) = content;
        (_positive, _negative) = (positive, negative);
    }

    /// <summary>The complete content, for snapshots.</summary>
    public QuantileContent Content => (_perLog, _logMiddle, _zeros, _min, _max, _positive.Content, _negative.Content);

    public long Count => _positive.Count + _negative.Count + _zeros;

    public long Bytes => _positive.Bytes + _negative.Bytes + 96;

    /// <summary>A sketch with the given content; null if the content is damaged.</summary>
    public static QuantileSketch? Of(in QuantileContent content) =>
        content.Zeros >= 0 && BucketStore.Of(content.Positive) is { } positive && BucketStore.Of(content.Negative) is { } negative
            ? new QuantileSketch(content, positive, negative)
            : null;

    public QuantileSketch Copy() => new(Content, _positive.Copy(), _negative.Copy());

    /// <summary>Adds a value, which must be a number.</summary>
    public void Add(double value)
    {
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
        double magnitude = Math.Abs(value);
        if (magnitude < MinMagnitude)
        {
            _zeros++;
        }
        else
        {
            (value > 0 ? _positive : _negative).Add(Bucket(magnitude), 1);
        }
    }

    public void Merge(QuantileSketch other)
    {
        _min = Math.Min(_min, other._min);
        _max = Math.Max(_max, other._max);
        _zeros += other._zeros;
        _positive.Merge(other._positive);
        _negative.Merge(other._negative);
    }

    /// <summary>The value of rank ⌈q·n⌉, within the relative error.</summary>
    public double Quantile(double quantile)
    {
        // Decimal, since 0.07 * 100 is slightly more than 7 in doubles, which would give rank 8.
        long rank = Math.Clamp((long)Math.Ceiling((decimal)quantile * Count), 1, Count);
        double value = ValueOfRank(rank);
        return Math.Clamp(value, _min, _max);
    }

    private double ValueOfRank(long rank)
    {
        if (rank <= _negative.Count)
        {
            // The most negative value lies in the highest bucket of its store.
            return -Middle(_negative.BucketOfRank(_negative.Count - rank + 1));
        }

        rank -= _negative.Count;
        return rank <= _zeros ? 0 : Middle(_positive.BucketOfRank(rank - _zeros));
    }

    // Infinity shares the bucket of the largest number; the exact minimum and maximum correct the result.
    private int Bucket(double magnitude) => (int)Math.Ceiling(Math.Log(Math.Min(magnitude, double.MaxValue)) * _perLog);

    private double Middle(int bucket) => Math.Exp((bucket / _perLog) + _logMiddle);
}
