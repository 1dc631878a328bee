using QueryStream.Core.Keys;
using QueryStream.Runtime.State;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>Selects the keys of a window.</summary>
internal enum ContentKind
{
    /// <summary>All: the window closes.</summary>
    All,

    /// <summary>Those that have changed since the last early results.</summary>
    Changed,

    /// <summary>Those that late rows have changed.</summary>
    Late,
}

/// <summary>
/// The keys and accumulators of one window while it emits its results: those of its slice if it has only one, else of its slices merged. Merging
/// leaves the slices as they are for other windows. Gathered in portions, since a window may have a million keys.
/// </summary>
internal sealed class WindowContent<T, TKey, TAccumulator, TOut>(Aggregate<T, TAccumulator, TOut> aggregate, SliceStore<TKey, TAccumulator> slices)
    where TAccumulator : struct
{
    // A larger table is left to the garbage collector.
    private const int MaxReusedKeys = 1 << 16;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private Slice<TKey, TAccumulator> _merged = NewMerged(aggregate);
    private Slice<TKey, TAccumulator>? _only;
    private ContentKind _kind;
    private int _first;
    private int _last;
    private int _slice;
    private int _slot;
    private bool _hasKeys;

    /// <summary>Whether a window is being emitted.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The number of results.</summary>
    public int Count => Chosen?.Count ?? Source.Table.Keys.Count;

    /// <summary>The slice with the accumulators.</summary>
    public Slice<TKey, TAccumulator> Source => _only ?? _merged;

    /// <summary>The key that <see cref="Gather"/> works on, for errors.</summary>
    public TKey CurrentKey => (_kind == ContentKind.All ? slices[_slice] : _merged).Table.Keys.KeyOf(_slot);

    private List<int>? Chosen => _only is null ? null : ListOf(_only);

    /// <summary>Begins with a window.</summary>
    /// <param name="first">Its first slice.</param>
    /// <param name="last">Its last slice.</param>
    /// <param name="kind">Which of its keys are wanted.</param>
    public void Begin(int first, int last, ContentKind kind)
    {
        (_first, _last, _slice, _slot, _kind) = (first, last, first, 0, kind);
        _only = first == last ? slices[first] : null;
        if (_only is not null && kind == ContentKind.All)
        {
            slices.LoadAll(_only);
        }

        _hasKeys = kind == ContentKind.All;
        IsOpen = true;
    }

    /// <summary>Merges about a batch of accumulators.</summary>
    /// <returns>Whether it is complete.</returns>
    public bool Gather()
    {
        if (_only is not null || _slice > _last)
        {
            return true;
        }

        if (!_hasKeys)
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
    public int SlotAt(int index) => Chosen is { } chosen ? chosen[index] : index;

    /// <summary>Ends with the window.</summary>
    public void End()
    {
        IsOpen = false;
        _only = null;
        slices.Release();
        if (_merged.Table.Keys.Capacity > MaxReusedKeys)
        {
            _merged = NewMerged(aggregate);
        }
        else if (_merged.Table.Keys.Count > 0)
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
        int end = Math.Min(chosen.Count, _slot + Batch.MaxRows);
        for (; _slot < end; _slot++)
        {
            int slot = chosen[_slot];
            _merged.SetNew(_merged.Table.FindOrAdd(slice.Table.Keys.KeyOf(slot), slice.Table.Keys.HashOf(slot)), isNew: true);
        }

        Next(chosen.Count);
        if (_slice > _last)
        {
            _hasKeys = true;
            _slice = _first;
        }
    }

    private void MergeSome(Slice<TKey, TAccumulator> slice)
    {
        SliceTable<TKey, TAccumulator> from = slice.Table;
        SliceTable<TKey, TAccumulator> into = _merged.Table;
        slices.LoadAll(slice);
        int end = Math.Min(from.Keys.Count, _slot + Batch.MaxRows);

        // Slices usually have their keys in the same order, so the next key of one is often at the next place of the others.
        int next = _slot;
        while (_slot < end)
        {
            next += MergeRun(from, into, next, end);
            if (_slot < end)
            {
                int merged = into.FindOrAdd(from.Keys.KeyOf(_slot), from.Keys.HashOf(_slot));
                aggregate.MergeCopy(ref into.Accumulators.ForUpdate(merged), from.Accumulators[_slot]);
                next = merged + 1;
                _slot++;
            }
        }

        Next(from.Keys.Count);
    }

    // Merges keys as long as both tables have the same ones in the same order. Returns their number.
    private int MergeRun(SliceTable<TKey, TAccumulator> from, SliceTable<TKey, TAccumulator> into, int first, int end)
    {
        int limit = into.Keys.Count;
        if (first >= limit)
        {
            return 0;
        }

        ReadOnlySpan<TKey> keys = from.Keys.KeysFrom(_slot, end);
        ReadOnlySpan<ulong> hashes = from.Keys.HashesFrom(_slot, end)[..keys.Length];
        ReadOnlySpan<TAccumulator> accumulators = from.Accumulators.From(_slot, end);
        ReadOnlySpan<TKey> intoKeys = into.Keys.KeysFrom(first, limit);
        ReadOnlySpan<ulong> intoHashes = into.Keys.HashesFrom(first, limit);
        Span<TAccumulator> intoAccumulators = into.Accumulators.ForUpdate(first, limit);
        int count = Math.Min(Math.Min(keys.Length, accumulators.Length), Math.Min(intoKeys.Length, intoAccumulators.Length));
        int i = 0;
        for (; i < count && hashes[i] == intoHashes[i] && KeyType.AreEqual(keys[i], intoKeys[i]); i++, _slot++)
        {
            aggregate.MergeCopy(ref intoAccumulators[i], accumulators[i]);
        }

        return i;
    }

    private void MergeChosen(Slice<TKey, TAccumulator> slice)
    {
        KeyTable<TKey> keys = _merged.Table.Keys;
        int end = Math.Min(keys.Count, _slot + Batch.MaxRows);
        for (; _slot < end; _slot++)
        {
            int slot = slice.Table.Find(keys.KeyOf(_slot), keys.HashOf(_slot));
            if (slot >= 0)
            {
                aggregate.MergeCopy(ref _merged.Table.Accumulators.ForUpdate(_slot), slice.Table.Accumulators[slot]);
                _merged.SetNew(_slot, _merged.IsNew(_slot) && slice.IsNew(slot));
            }
        }

        Next(keys.Count);
    }

    // No capture ever holds it.
    private static Slice<TKey, TAccumulator> NewMerged(Aggregate<T, TAccumulator, TOut> aggregate) =>
        new(new CaptureVersions(), accumulator => aggregate.Fork(accumulator), store: null);

    private void Next(int count)
    {
        if (_slot == count)
        {
            _slot = 0;
            _slice++;
        }
    }
}
