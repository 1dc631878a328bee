using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>What all kinds of state share: a cell for each slot, whether it is in use, and when it expires.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TCell">What is held for a key.</typeparam>
/// <param name="store">The operator's keyed state.</param>
/// <param name="name">The state's name.</param>
/// <param name="ttl">When cells expire; null: never.</param>
internal abstract class HeapColumn<TKey, TCell>(KeyedStore<TKey> store, string name, StateTtl? ttl) : IStateColumn
{
    private readonly TCell[][] _cells = NewGroups<TCell>(store.KeyGroups);
    private readonly ulong[][] _present = NewGroups<ulong>(store.KeyGroups);
    private readonly long[][] _expiry = NewGroups<long>(ttl is null ? 0 : store.KeyGroups);
    private readonly long _duration = ttl is null ? 0 : ttl.Duration.Ticks / TimeSpan.TicksPerMillisecond;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public virtual bool Expires => ttl is not null;

    /// <summary>The operator's keyed state.</summary>
    protected KeyedStore<TKey> Store => store;

    /// <inheritdoc/>
    public bool Has(int group, int slot)
    {
        ulong[] present = _present[group];
        return slot >> 6 < present.Length && (present[slot >> 6] & (1UL << (slot & 63))) != 0;
    }

    /// <inheritdoc/>
    public void EnsureCapacity(int group, int slots)
    {
        if (_cells[group].Length < slots)
        {
            Array.Resize(ref _cells[group], slots);
            Array.Resize(ref _present[group], (slots + 63) / 64);
            if (ttl is not null)
            {
                Array.Resize(ref _expiry[group], slots);
            }
        }
    }

    /// <inheritdoc/>
    public void Move(int group, int from, int to)
    {
        if (!Has(group, from))
        {
            return;
        }

        _cells[group][to] = _cells[group][from];
        _present[group][to >> 6] |= 1UL << (to & 63);
        if (ttl is not null)
        {
            _expiry[group][to] = _expiry[group][from];
        }

        Drop(group, from);
    }

    /// <inheritdoc/>
    public virtual void Expire(int group, int slot)
    {
        if (ttl is not null && Has(group, slot) && _expiry[group][slot] <= store.Now.Milliseconds)
        {
            Drop(group, slot);
        }
    }

    /// <inheritdoc/>
    public void Drop(int group, int slot)
    {
        _cells[group][slot] = default!;
        _present[group][slot >> 6] &= ~(1UL << (slot & 63));
    }

    /// <inheritdoc/>
    public abstract void Capture(StateCapture capture);

    /// <inheritdoc/>
    public abstract void Restore(StateReader state);

    /// <summary>Whether the selected key has a cell that has not expired.</summary>
    protected bool TryFind(out int slot)
    {
        if (!store.TryGetSlot(out slot) || !Has(store.Group, slot))
        {
            return false;
        }

        // Whether or not the column knows of a time to live: a map's entries have theirs, and it goes with the last of them.
        Expire(store.Group, slot);
        return Has(store.Group, slot);
    }

    /// <summary>The cell of a slot of the selected key's group.</summary>
    protected ref TCell CellAt(int slot) => ref _cells[store.Group][slot];

    /// <summary>The cell of a slot.</summary>
    protected ref TCell CellAt(int group, int slot) => ref _cells[group][slot];

    /// <summary>The selected key's cell for a write, which begins or renews its time to live.</summary>
    /// <param name="isNew">Whether there was none, or it had expired: it is <c>default</c> then.</param>
    protected ref TCell CellForWrite(out bool isNew)
    {
        int slot = store.SlotForWrite();
        int group = store.Group;
        Expire(group, slot);
        isNew = !Has(group, slot);
        _present[group][slot >> 6] |= 1UL << (slot & 63);
        if (ttl is not null && (isNew || ttl.RenewedByWrites))
        {
            _expiry[group][slot] = store.Now.Milliseconds + _duration;
        }

        return ref _cells[group][slot];
    }

    /// <summary>Forgets the selected key's cell.</summary>
    protected void DropSelected()
    {
        if (store.TryGetSlot(out int slot) && Has(store.Group, slot))
        {
            Drop(store.Group, slot);
        }
    }

    /// <summary>When a cell expires, in milliseconds since 1970; 0: never.</summary>
    protected long ExpiryOf(int group, int slot) => ttl is null ? 0 : _expiry[group][slot];

    /// <summary>Selects the key of a restored item and gives it a cell, with the expiry that it had.</summary>
    protected ref TCell CellForRestore(in TKey key, long expiry)
    {
        store.Select(key, Core.Keys.KeyType<TKey>.Instance.Hash(key));
        ref TCell cell = ref CellForWrite(out _);
        if (ttl is not null && expiry > 0)
        {
            _expiry[store.Group][store.SlotForWrite()] = expiry;
        }

        return ref cell;
    }

    private static TItem[][] NewGroups<TItem>(int groups)
    {
        TItem[][] all = new TItem[groups][];
        Array.Fill(all, []);
        return all;
    }
}
