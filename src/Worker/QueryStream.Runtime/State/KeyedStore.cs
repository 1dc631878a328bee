using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>
/// The keyed state of one operator of one subtask, on the heap: a table of keys for each key group, and a column for each named state. One key
/// at a time is selected; states read and write what belongs to it. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class KeyedStore<TKey>(int keyGroups)
{
    private const int Unknown = -2;
    private const int None = -1;

    private readonly KeyTable<TKey>?[] _tables = new KeyTable<TKey>?[keyGroups];
    private IStateColumn<TKey>[] _columns = [];
    private TKey _key = default!;
    private ulong _hash;
    private int _slot = Unknown;
    private bool _isSelected;
    private int _sweptGroup;
    private int _sweptSlot;
    private bool _expires;

    /// <summary>The captures of this state that are in flight.</summary>
    public CaptureVersions Versions { get; } = new();

    /// <summary>The number of key groups of the job.</summary>
    public int KeyGroups => keyGroups;

    /// <summary>The group of the selected key.</summary>
    public int Group { get; private set; }

    /// <summary>The clock, for what expires. Set once a batch.</summary>
    public EventTime Now { get; set; }

    /// <summary>The selected key.</summary>
    public TKey Key => _isSelected ? _key : throw NoKey();

    /// <summary>The hash of the selected key.</summary>
    public ulong Hash => _hash;

    /// <summary>The number of keys that have state.</summary>
    public long Count => _tables.Sum(table => (long)(table?.Count ?? 0));

    /// <summary>The names of the states.</summary>
    public IEnumerable<string> Names => _columns.Select(column => column.Name);

    /// <summary>Adds a state, before there are keys.</summary>
    public void Add(IStateColumn<TKey> column)
    {
        _columns = [.. _columns, column];
        _expires |= column.Expires;
    }

    /// <summary>Begins to work on a key. It has to stay valid until <see cref="Release"/>.</summary>
    public void Select(in TKey key, ulong hash)
    {
        _key = key;
        _hash = hash;
        Group = KeyGroup.Of(hash, keyGroups).Number;
        _slot = Unknown;
        _isSelected = true;
    }

    /// <summary>Ends the work on the selected key: where no state is left of it, it is forgotten.</summary>
    public void Release()
    {
        if (_slot >= 0)
        {
            DropIfEmpty(Group, _slot);
        }

        _isSelected = false;
    }

    /// <summary>Forgets all states of the selected key, which stays selected.</summary>
    public void ClearSelected()
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
        if (!_isSelected)
        {
            throw NoKey();
        }

        if (_slot == Unknown)
        {
            _slot = _tables[Group]?.Find(_key, _hash) ?? None;
        }

        slot = _slot;
        return slot >= 0;
    }

    /// <summary>The slot of the selected key, which is given one where it has none.</summary>
    public int SlotForWrite()
    {
        if (!TryGetSlot(out int slot))
        {
            slot = _slot = Add(Group, _key, _hash);
        }

        return slot;
    }

    /// <summary>Looks at some slots, in turn, and forgets what has expired there: so nothing stays that nobody asks for again.</summary>
    public void Sweep(int slots)
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

    /// <summary>Adds all states to a capture.</summary>
    public void Capture(StateCapture capture)
    {
        capture.Hold(Versions);
        FrozenKeys<TKey>[] keys = Array.ConvertAll(_tables, static table => table?.Freeze() ?? default);
        foreach (IStateColumn<TKey> column in _columns)
        {
            column.Capture(capture, keys);
        }
    }

    /// <summary>Restores all states that are declared. No key is selected then.</summary>
    public async Task RestoreAsync(StateReader state)
    {
        foreach (IStateColumn<TKey> column in _columns)
        {
            await column.RestoreAsync(state).ConfigureAwait(false);
        }

        Release();
    }

    private static NoKeyException NoKey() => new("Keyed state or a timer");

    private int Add(int group, in TKey key, ulong hash)
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
