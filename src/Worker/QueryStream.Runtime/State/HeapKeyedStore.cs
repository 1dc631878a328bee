using QueryStream.Core.Keys;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>Keyed state on the heap: a table of keys for each key group, and a column for each named state.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class HeapKeyedStore<TKey>(int keyGroups) : KeyedStore<TKey>
{
    private const int Unknown = -2;
    private const int None = -1;

    private readonly KeyTable<TKey>?[] _tables = new KeyTable<TKey>?[keyGroups];
    private IStateColumn<TKey>[] _columns = [];
    private int _slot = Unknown;
    private int _sweptGroup;
    private int _sweptSlot;
    private bool _expires;

    // Whether state of the selected key was removed: only then it may have none left, and Release looks at all columns.
    private bool _mayBeEmpty;

    /// <summary>The captures of this state that are in flight.</summary>
    public CaptureVersions Versions { get; } = new();

    /// <summary>The number of key groups of the job.</summary>
    public int KeyGroups => keyGroups;

    /// <summary>The group of the selected key.</summary>
    public int Group { get; private set; }

    public override long Count => _tables.Sum(table => (long)(table?.Count ?? 0));

    public override IEnumerable<string> Names => _columns.Select(column => column.Name);

    public override IEnumerable<TKey> KeysOf(KeyGroup group)
    {
        for (int slot = 0; slot < (_tables[group.Number]?.Count ?? 0); slot++)
        {
            yield return _tables[group.Number]!.KeyOf(slot);
        }
    }

    public override void Select(in TKey key, ulong hash)
    {
        base.Select(key, hash);
        Group = KeyGroup.Of(hash, keyGroups).Number;
        _slot = Unknown;
        _mayBeEmpty = false;
    }

    public override void Release()
    {
        if (_mayBeEmpty && _slot >= 0)
        {
            DropIfEmpty(Group, _slot);
        }

        base.Release();
    }

    public override ValueState<T> AddValue<T>(string name, StateTtl? ttl)
    {
        HeapValueState<TKey, T> state = new(this, name, ttl);
        Add(state.Cells);
        return state;
    }

    public override ListState<T> AddList<T>(string name, StateTtl? ttl)
    {
        HeapListState<TKey, T> state = new(this, name, ttl);
        Add(state.Cells);
        return state;
    }

    public override MapState<TName, TValue> AddMap<TName, TValue>(string name, StateTtl? ttl)
    {
        HeapMapState<TKey, TName, TValue> state = new(this, name, ttl);
        Add(state.Cells);
        return state;
    }

    public override AggregatingState<TIn, TOut> AddAggregating<TIn, TAccumulator, TOut>(
        string name, StateTtl? ttl, Aggregate<TIn, TAccumulator, TOut> aggregate)
    {
        HeapAggregatingState<TKey, TIn, TAccumulator, TOut> state = new(this, name, ttl, aggregate);
        Add(state.Cells);
        return state;
    }

    public override TimedRowsState<T> AddTimedRows<T>(string name)
    {
        HeapTimedRowsState<TKey, T> state = new(this, name);
        Add(state.Cells);
        return state;
    }

    public override void ClearSelected()
    {
        if (!TryGetSlot(out int slot))
        {
            return;
        }

        foreach (IStateColumn<TKey> column in _columns)
        {
            if (column.Has(Group, slot))
            {
                column.Drop(Group, slot);
            }
        }
    }

    /// <summary>The slot of the selected key, if it has one.</summary>
    public bool TryGetSlot(out int slot)
    {
        if (!IsSelected)
        {
            throw NoKey();
        }

        if (_slot == Unknown)
        {
            _slot = _tables[Group]?.Find(Key, Hash) ?? None;
        }

        slot = _slot;
        return slot >= 0;
    }

    /// <summary>The slot of the selected key, which is given one if it has none.</summary>
    public int SlotForWrite()
    {
        if (!TryGetSlot(out int slot))
        {
            slot = _slot = AddKey(Group, Key, Hash);
        }

        return slot;
    }

    /// <summary>Called when state of a key was removed.</summary>
    public void OnDropped() => _mayBeEmpty = true;

    public override void Sweep(int slots)
    {
        if (!_expires)
        {
            return;
        }

        for (int looked = 0, groups = 0; looked < slots && groups <= keyGroups; looked++)
        {
            if (_sweptSlot >= (_tables[_sweptGroup]?.Count ?? 0))
            {
                _sweptGroup = (_sweptGroup + 1) % keyGroups;
                _sweptSlot = 0;
                groups++;
                looked--;
                continue;
            }

            foreach (IStateColumn<TKey> column in _columns)
            {
                column.Expire(_sweptGroup, _sweptSlot);
            }

            _sweptSlot += DropIfEmpty(_sweptGroup, _sweptSlot) ? 0 : 1;
        }
    }

    public override void Capture(StateCapture capture)
    {
        capture.Hold(Versions);
        FrozenKeys<TKey>[] keys = Array.ConvertAll(_tables, static table => table?.Freeze() ?? default);
        foreach (IStateColumn<TKey> column in _columns)
        {
            column.Capture(capture, keys);
        }
    }

    public override async Task RestoreAsync(StateReader state)
    {
        foreach (IStateColumn<TKey> column in _columns)
        {
            await column.RestoreAsync(state).ConfigureAwait(false);
        }

        Release();
    }

    private void Add(IStateColumn<TKey> column)
    {
        _columns = [.. _columns, column];
        _expires |= column.Expires;
    }

    private int AddKey(int group, in TKey key, ulong hash)
    {
        KeyTable<TKey> table = _tables[group] ??= new KeyTable<TKey>(Versions);
        int slot = table.FindOrAdd(key, hash);
        foreach (IStateColumn<TKey> column in _columns)
        {
            column.EnsureCapacity(group, table.Capacity);
        }

        return slot;
    }

    private bool DropIfEmpty(int group, int slot)
    {
        foreach (IStateColumn<TKey> column in _columns)
        {
            if (column.Has(group, slot))
            {
                return false;
            }
        }

        int last = _tables[group]!.Remove(slot);
        if (last != slot)
        {
            foreach (IStateColumn<TKey> column in _columns)
            {
                column.Move(group, last, slot);
            }
        }

        return true;
    }
}
