using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The keys and accumulators of one window while it gives its results: those of its slice where it has only one, else what its slices give
/// when merged, which leaves them as they are for other windows. Gathered in portions, since a window may have a million keys.
/// </summary>
internal sealed class WindowContent<T, TKey, TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate, SliceSet<TKey, TAccumulator> slices)
    where TAccumulator : struct
{
    // A larger table is left to the garbage collector.
    private const int LargestReused = 1 << 16;

    private Slice<TKey, TAccumulator> _merged = new();
    private Slice<TKey, TAccumulator>? _only;
    private ContentKind _kind;
    private int _first;
    private int _last;
    private int _slice;
    private int _group;
    private bool _keysAreThere;

    /// <summary>Whether a window is being given.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The number of results.</summary>
    public int Count => Chosen?.Count ?? Source.Groups.Count;

    /// <summary>Where the accumulators lie.</summary>
    public Slice<TKey, TAccumulator> Source => _only ?? _merged;

    /// <summary>The key that <see cref="Gather"/> is at, for errors.</summary>
    public TKey KeyAtWork => (_kind == ContentKind.All ? slices[_slice] : _merged).Groups.Keys[_group];

    private List<int>? Chosen => _only is null ? null : ListOf(_only);

    /// <summary>Begins with a window.</summary>
    /// <param name="first">Its first slice.</param>
    /// <param name="last">Its last slice.</param>
    /// <param name="kind">Which of its keys are wanted.</param>
    public void Begin(int first, int last, ContentKind kind)
    {
        (_first, _last, _slice, _group, _kind) = (first, last, first, 0, kind);
        _only = first == last ? slices[first] : null;
        _keysAreThere = kind == ContentKind.All;
        IsOpen = true;
    }

    /// <summary>Merges about a batch of accumulators.</summary>
    /// <returns>Whether all is there.</returns>
    public bool Gather()
    {
        if (_only is not null || _slice > _last)
        {
            return true;
        }

        if (!_keysAreThere)
        {
            GatherKeys();
        }
        else if (_kind == ContentKind.All)
        {
            MergeSome(slices[_slice]);
        }
        else
        {
            MergeChosen(slices[_slice]);
        }

        return _slice > _last;
    }

    /// <summary>The number of a result's accumulator in <see cref="Source"/>.</summary>
    public int GroupAt(int index) => Chosen is { } chosen ? chosen[index] : index;

    /// <summary>Ends with the window.</summary>
    public void End()
    {
        IsOpen = false;
        _only = null;
        if (_merged.Groups.Capacity > LargestReused)
        {
            _merged = new Slice<TKey, TAccumulator>();
        }
        else if (_merged.Groups.Count > 0)
        {
            _merged.Clear();
        }
    }

    private List<int>? ListOf(Slice<TKey, TAccumulator> slice) => _kind switch
    {
        ContentKind.Changed => slice.Changed,
        ContentKind.Late => slice.Late,
        _ => null,
    };

    private void GatherKeys()
    {
        Slice<TKey, TAccumulator> slice = slices[_slice];
        List<int> chosen = ListOf(slice)!;
        int end = Math.Min(chosen.Count, _group + Batch.MaxRows);
        for (; _group < end; _group++)
        {
            int group = chosen[_group];
            _merged.SetNew(_merged.FindOrAdd(slice.Groups.Keys[group], slice.Groups.Hashes[group]), isNew: true);
        }

        Next(chosen.Count);
        if (_slice > _last)
        {
            _keysAreThere = true;
            _slice = _first;
        }
    }

    private void MergeSome(Slice<TKey, TAccumulator> slice)
    {
        ReadOnlySpan<TKey> keys = slice.Groups.Keys;
        ReadOnlySpan<ulong> hashes = slice.Groups.Hashes;
        int end = Math.Min(keys.Length, _group + Batch.MaxRows);
        for (; _group < end; _group++)
        {
            int merged = _merged.FindOrAdd(keys[_group], hashes[_group]);
            aggregate.MergeCopy(ref _merged.Accumulators[merged], slice.Accumulators[_group]);
        }

        Next(keys.Length);
    }

    private void MergeChosen(Slice<TKey, TAccumulator> slice)
    {
        ReadOnlySpan<TKey> keys = _merged.Groups.Keys;
        ReadOnlySpan<ulong> hashes = _merged.Groups.Hashes;
        int end = Math.Min(keys.Length, _group + Batch.MaxRows);
        for (; _group < end; _group++)
        {
            int group = slice.Groups.Find(keys[_group], hashes[_group]);
            if (group >= 0)
            {
                aggregate.MergeCopy(ref _merged.Accumulators[_group], slice.Accumulators[group]);
                _merged.SetNew(_group, _merged.IsNew(_group) && slice.IsNew(group));
            }
        }

        Next(keys.Length);
    }

    private void Next(int count)
    {
        if (_group == count)
        {
            _group = 0;
            _slice++;
        }
    }
}
