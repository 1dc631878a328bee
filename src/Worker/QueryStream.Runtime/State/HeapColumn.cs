using System.Runtime.CompilerServices;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>A named state on the heap: a cell for each slot of each key group's table, whether it is in use, and when it expires.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TCell">The state of a key.</typeparam>
/// <param name="store">The operator's keyed state.</param>
/// <param name="name">The state's name.</param>
/// <param name="ttl">When cells expire; null: never.</param>
/// <param name="expiresInCells">Whether the entries in a cell expire one by one.</param>
internal abstract class HeapColumn<TKey, TCell>(HeapKeyedStore<TKey> store, string name, StateTtl? ttl, bool expiresInCells = false)
    : IStateColumn<TKey>
{
    private readonly PagedArray<TCell>[] _cells = NewGroups<TCell>(store.KeyGroups);

    // A bit for each slot. Copied as a whole on write, since it takes only an eighth of a byte per key.
    private readonly ulong[][] _present = NewPresent(store.KeyGroups);
    private readonly long[] _presentVersions = new long[store.KeyGroups];
    private readonly PagedArray<long>[] _expiry = NewGroups<long>(ttl is null ? 0 : store.KeyGroups);
    private readonly CaptureVersions _versions = store.Versions;
    private readonly bool _expires = ttl is not null || expiresInCells;
    private readonly long _duration = ttl is null ? 0 : ttl.Duration.Ticks / TimeSpan.TicksPerMillisecond;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool Expires => _expires;

    /// <summary>The operator's keyed state.</summary>
    protected HeapKeyedStore<TKey> Store => store;

    /// <inheritdoc/>
    public bool Has(int group, int slot) => (_present[group][slot >> 6] & (1UL << (slot & 63))) != 0;

    /// <inheritdoc/>
    public void EnsureCapacity(int group, int slots)
    {
        if (_cells[group].Capacity < slots)
        {
            _cells[group].EnsureCapacity(slots, _versions);
            if (_present[group].Length * 64 < slots)
            {
                Array.Resize(ref _present[group], (_cells[group].Capacity + 63) / 64 * 2);
                _presentVersions[group] = _versions.Current;
            }

            if (ttl is not null)
            {
                _expiry[group].EnsureCapacity(slots, _versions);
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

        // The cell gets its own objects first, since a capture may hold those of the old place.
        TCell cell = CellForUpdate(group, from);
        _cells[group].ForUpdate(to, _versions, out _) = cell;
        PresentForWrite(group)[to >> 6] |= 1UL << (to & 63);
        if (ttl is not null)
        {
            _expiry[group].ForWrite(to, _versions) = _expiry[group][from];
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
        _cells[group].ForWrite(slot, _versions) = default!;
        PresentForWrite(group)[slot >> 6] &= ~(1UL << (slot & 63));
        store.OnDropped();
    }

    /// <inheritdoc/>
    public void Capture(StateCapture capture, FrozenKeys<TKey>[] keys)
    {
        FrozenCells cells = new(
            keys,
            Array.ConvertAll(_cells, static cells => cells.Freeze()),
            [.. _present],
            Array.ConvertAll(_expiry, static expiry => expiry.Freeze()));
        Capture(capture, cells);
    }

    /// <inheritdoc/>
    public abstract Task RestoreAsync(StateReader state);

    /// <summary>Adds the cells of this moment to a capture.</summary>
    protected abstract void Capture(StateCapture capture, FrozenCells cells);

    /// <summary>A copy of a cell whose objects may be changed while a capture holds those of the old one.</summary>
    protected virtual TCell Unshared(in TCell cell) => cell;

    /// <summary>Whether the selected key has a cell that has not expired.</summary>
    protected bool TryFind(out int slot)
    {
        if (!store.TryGetSlot(out slot) || !Has(store.Group, slot))
        {
            return false;
        }

        if (!_expires)
        {
            return true;
        }

        Expire(store.Group, slot);
        return Has(store.Group, slot);
    }

    /// <summary>The cell of a slot of the selected key's group, to be read.</summary>
    protected ref readonly TCell CellAt(int slot) => ref _cells[store.Group][slot];

    /// <summary>The cell of a slot, to be read.</summary>
    protected ref readonly TCell CellAt(int group, int slot) => ref _cells[group][slot];

    /// <summary>The cell of a slot of the selected key's group, to be changed with its objects.</summary>
    protected ref TCell CellForUpdate(int slot) => ref CellForUpdate(store.Group, slot);

    /// <summary>The cell of a slot, to be changed with its objects.</summary>
    protected ref TCell CellForUpdate(int group, int slot)
    {
        ref TCell cell = ref _cells[group].ForUpdate(slot, _versions, out bool isShared);
        if (isShared)
        {
            _versions.CountCopy();
            cell = Unshared(cell);
        }

        return ref cell;
    }

    /// <summary>
    /// The selected key's cell, to be changed with its objects; this begins or renews its time to live. It is <c>default</c> if there was none.
    /// </summary>
    protected ref TCell CellForWrite() => ref CellForUpdate(store.Group, SlotForWrite());

    /// <summary>As <see cref="CellForWrite"/>, for a caller that replaces the whole cell.</summary>
    protected ref TCell CellForOverwrite()
    {
        int slot = SlotForWrite();
        return ref _cells[store.Group].ForUpdate(slot, _versions, out _);
    }

    /// <summary>Removes the selected key's cell.</summary>
    protected void DropSelected()
    {
        if (store.TryGetSlot(out int slot) && Has(store.Group, slot))
        {
            Drop(store.Group, slot);
        }
    }

    /// <summary>Selects the key of a restored item and gives it a cell, with the expiry that it had.</summary>
    protected ref TCell CellForRestore(in TKey key, long expiry)
    {
        store.Select(key, KeyType<TKey>.Instance.Hash(key));
        ref TCell cell = ref CellForWrite();
        if (ttl is not null && expiry > 0)
        {
            _expiry[store.Group].ForWrite(store.SlotForWrite(), _versions) = expiry;
        }

        return ref cell;
    }

    private int SlotForWrite()
    {
        int slot = store.SlotForWrite();
        int group = store.Group;
        if (_expires)
        {
            Expire(group, slot);
        }

        bool isNew = !Has(group, slot);
        if (isNew)
        {
            PresentForWrite(group)[slot >> 6] |= 1UL << (slot & 63);
        }

        if (ttl is not null && (isNew || ttl.RenewedByWrites))
        {
            _expiry[group].ForWrite(slot, _versions) = store.Now.Milliseconds + _duration;
        }

        return slot;
    }

    private ulong[] PresentForWrite(int group)
    {
        if (_versions.AnyInFlight)
        {
            UnsharePresent(group);
        }

        return _present[group];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UnsharePresent(int group)
    {
        if (_presentVersions[group] < _versions.Newest)
        {
            _versions.CountCopy();
            _present[group] = [.. _present[group]];
            _presentVersions[group] = _versions.Current;
        }
    }

    private static ulong[][] NewPresent(int groups)
    {
        ulong[][] all = new ulong[groups][];
        Array.Fill(all, []);
        return all;
    }

    private static PagedArray<TItem>[] NewGroups<TItem>(int groups)
    {
        PagedArray<TItem>[] all = new PagedArray<TItem>[groups];
        Array.Fill(all, new PagedArray<TItem>());
        return all;
    }

    /// <summary>The cells at the moment of a capture.</summary>
    protected sealed class FrozenCells(FrozenKeys<TKey>[] keys, FrozenArray<TCell>[] cells, ulong[][] present, FrozenArray<long>[] expiry)
    {
        /// <summary>The cells in use, each with its key, the key's hash, and when it expires: in milliseconds since 1970, or 0 for never.</summary>
        public IEnumerable<(ulong Hash, TKey Key, long Expiry, TCell Cell)> InUse()
        {
            for (int group = 0; group < keys.Length; group++)
            {
                for (int slot = 0; slot < keys[group].Count; slot++)
                {
                    if ((present[group][slot >> 6] & (1UL << (slot & 63))) != 0)
                    {
                        long expires = expiry.Length == 0 ? 0 : expiry[group][slot];
                        yield return (keys[group].HashOf(slot), keys[group].KeyOf(slot), expires, cells[group][slot]);
                    }
                }
            }
        }
    }
}
