namespace QueryStream.Streams.Aggregates;

/// <summary>
/// Quantiles with a bounded relative error, mergeable without loss: DDSketch (Masson, Rim, Lee, VLDB 2019) with buckets that grow
/// by a constant factor, one store for each sign and a count for zero. Exact smallest and largest value. Used by one thread.
/// </summary>
internal sealed class QuantileSketch
{
    // Closer to zero than this a value counts as zero: the logarithm of a denormal number is not exact.
    private const double Smallest = 1e-300;

    private readonly double _growth;
    private readonly double _perLog;
    private readonly BucketStore _positive = new();
    private readonly BucketStore _negative = new();
    private long _zeros;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    public QuantileSketch(double relativeError)
    {
        _growth = (1 + relativeError) / (1 - relativeError);
        _perLog = 1 / Math.Log(_growth);
    }

    public long Count => _positive.Count + _negative.Count + _zeros;

    public long Bytes => _positive.Bytes + _negative.Bytes + 96;

    public void Add(double value)
    {
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
        double magnitude = Math.Abs(value);
        if (magnitude < Smallest)
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

    /// <summary>The value of rank ⌈q·n⌉, off by the relative error at most.</summary>
    public double Quantile(double quantile)
    {
        long rank = Math.Clamp((long)Math.Ceiling(quantile * Count), 1, Count);
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

    private int Bucket(double magnitude) => (int)Math.Ceiling(Math.Log(magnitude) * _perLog);

    // The value whose relative distance to both ends of the bucket is the error.
    private double Middle(int bucket) => 2 * Math.Exp(bucket / _perLog) / (_growth + 1);
}
