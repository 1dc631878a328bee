namespace QueryStream.Streams.Aggregates;

/// <summary>Counts by bucket number, in one array over the range in use. Used by one thread.</summary>
internal sealed class BucketStore
{
    private long[] _counts = [];
    private int _first;

    public long Count { get; private set; }

    public long Bytes => (_counts.Length * sizeof(long)) + 40;

    /// <summary>The complete content, for snapshots.</summary>
    public (int First, long[]? Counts) Content => (_first, _counts);

    /// <summary>A store with the given content; null if the content is damaged.</summary>
    public static BucketStore? Of((int First, long[]? Counts) content)
    {
        long[] counts = content.Counts ?? [];
        long sum = 0;
        foreach (long count in counts)
        {
            sum = unchecked(sum + count);
            if (count < 0 || sum < 0)
            {
                return null;
            }
        }

        return content.First > int.MaxValue - counts.Length ? null : new BucketStore { _first = content.First, _counts = counts, Count = sum };
    }

    public BucketStore Copy() => new() { _first = _first, _counts = [.. _counts], Count = Count };

    public void Add(int bucket, long count)
    {
        if (_counts.Length == 0 || bucket < _first || bucket >= _first + _counts.Length)
        {
            Grow(bucket, bucket);
        }

        _counts[bucket - _first] += count;
        Count += count;
    }

    public void Merge(BucketStore other)
    {
        if (other.Count == 0)
        {
            return;
        }

        Grow(other._first, other._first + other._counts.Length - 1);
        for (int i = 0; i < other._counts.Length; i++)
        {
            _counts[other._first + i - _first] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>The bucket that contains a rank, counted from 1 in the lowest bucket.</summary>
    public int BucketOfRank(long rank)
    {
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return _first + i;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(rank), rank, $"There are {Count} values.");
    }

    private void Grow(int low, int high)
    {
        const int Slack = 16;
        if (_counts.Length == 0)
        {
            _first = low - Slack;
            _counts = new long[high - low + 1 + (2 * Slack)];
            return;
        }

        int last = _first + _counts.Length - 1;
        if (low >= _first && high <= last)
        {
            return;
        }

        int newFirst = low < _first ? low - Slack : _first;
        int newLast = high > last ? high + Slack : last;
        long[] counts = new long[newLast - newFirst + 1];
        _counts.CopyTo(counts, _first - newFirst);
        _counts = counts;
        _first = newFirst;
    }
}
