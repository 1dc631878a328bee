using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>One map per key, on the heap. In snapshots an item is (key, expiry, name, value), so a large map is many small items.</summary>
internal sealed class HeapMapState<TKey, TName, TValue>(HeapKeyedStore<TKey> store, string name, StateTtl? ttl) : MapState<TName, TValue>
    where TName : notnull
{
    private readonly Column _column = new(store, name, ttl);

    /// <summary>The column of the store.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override int Count => _column.Count;

    public override IEnumerable<KeyValuePair<TName, TValue>> Entries => _column.Unexpired();

    public override bool TryGet(TName name, out TValue value) => _column.TryGet(name, out value);

    public override void Set(TName name, TValue value) => _column.Set(name, value);

    public override bool Remove(TName name) => _column.Remove(name);

    public override void Clear() => _column.Clear();

    private readonly record struct Entry(TValue Value, long Expiry);

    private struct Cell
    {
        public Dictionary<TName, Entry> Entries;

        // When expired entries were last removed.
        public long LastSweep;
    }

    // Entries expire, not the map, so the column has no time to live.
    private sealed class Column(HeapKeyedStore<TKey> store, string name, StateTtl? ttl)
        : HeapColumn<TKey, Cell>(store, name, ttl: null, expiresInCells: ttl is not null)
    {
        private static readonly KeyEquality<TName> Equality = new();

        // The number of sweeps for expired entries during a time to live. Not more, since a map may be large.
        private const int SweepsPerTtl = 8;

        private readonly CodecWriter _scratch = new();
        private readonly long _sweepInterval = ttl is null ? 0 : Math.Max(1, ttl.Duration.Ticks / TimeSpan.TicksPerMillisecond / SweepsPerTtl);

        /// <summary>The number of the selected key's entries that have not expired.</summary>
        public int Count => !TryFind(out int slot) ? 0 : ttl is null ? CellAt(slot).Entries.Count : CellAt(slot).Entries.Values.Count(IsLive);

        /// <summary>The selected key's entries that have not expired.</summary>
        public IEnumerable<KeyValuePair<TName, TValue>> Unexpired() => TryFind(out int slot)
            ? Readable(slot).Where(entry => IsLive(entry.Value)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value))
            : [];

        public bool TryGet(TName entry, out TValue value)
        {
            Entry found = default;
            bool isFound = TryFind(out int slot) && Readable(slot).TryGetValue(entry, out found) && IsLive(found);
            value = isFound ? found.Value : default!;
            return isFound;
        }

        public void Set(TName entry, TValue value)
        {
            Dictionary<TName, Entry> map = CellForWrite().Entries ??= new Dictionary<TName, Entry>(Equality);
            long expiry = ttl is null ? 0
                : !ttl.RenewedByWrites && map.TryGetValue(entry, out Entry old) && IsLive(old) ? old.Expiry
                : Store.Now.Add(ttl.Duration).Milliseconds;
            Put(map, entry, value, expiry);
        }

        public bool Remove(TName entry)
        {
            if (!TryFind(out int slot) || !CellAt(slot).Entries.ContainsKey(entry))
            {
                return false;
            }

            CellForUpdate(slot).Entries.Remove(entry, out Entry removed);

            if (CellAt(slot).Entries.Count == 0)
            {
                DropSelected();
            }

            return IsLive(removed);
        }

        public void Clear() => DropSelected();

        public override void Expire(int group, int slot)
        {
            if (ttl is null || !Has(group, slot))
            {
                return;
            }

            long now = Store.Now.Milliseconds;
            if (now - CellAt(group, slot).LastSweep < _sweepInterval)
            {
                return;
            }

            ref Cell cell = ref CellForUpdate(group, slot);
            cell.LastSweep = now;
            Dictionary<TName, Entry> map = cell.Entries;
            foreach ((TName entry, Entry value) in map)
            {
                if (!IsLive(value))
                {
                    // A dictionary may lose entries while it is enumerated.
                    map.Remove(entry);
                }
            }

            if (map.Count == 0)
            {
                Drop(group, slot);
            }
        }

        public override Task RestoreAsync(StateReader state) =>
            state.KeyedAsync<(TKey Key, long Expiry, TName Name, TValue Value)>(Name, item =>
            {
                // The job may have added or removed the time to live since the snapshot.
                long expiry = ttl is null ? 0 : item.Expiry == 0 ? Store.Now.Add(ttl.Duration).Milliseconds : item.Expiry;
                Put(CellForRestore(item.Key, 0).Entries ??= new Dictionary<TName, Entry>(Equality), item.Name, item.Value, expiry);
            });

        protected override void Capture(StateCapture capture, FrozenCells cells) => capture.Keyed(Name, Items(cells));

        protected override Cell Unshared(in Cell cell)
        {
            if (cell.Entries is null)
            {
                return cell;
            }

            Dictionary<TName, Entry> copy = new(cell.Entries, Equality);
            if (MutableObjects<TValue>.Possible)
            {
                foreach ((TName name, Entry entry) in cell.Entries)
                {
                    copy[name] = entry with { Value = MutableObjects<TValue>.Copy(entry.Value, _scratch) };
                }
            }

            return cell with { Entries = copy };
        }

        private static IEnumerable<(ulong, (TKey, long, TName, TValue))> Items(FrozenCells cells)
        {
            foreach ((ulong hash, TKey key, _, Cell cell) in cells.InUse())
            {
                foreach ((TName name, Entry entry) in cell.Entries)
                {
                    yield return (hash, (key, entry.Expiry, name, entry.Value));
                }
            }
        }

        private Dictionary<TName, Entry> Readable(int slot) => MutableObjects<TValue>.Possible ? CellForUpdate(slot).Entries : CellAt(slot).Entries;

        private void Put(Dictionary<TName, Entry> map, TName entry, TValue value, long expiry)
        {
            if (!map.ContainsKey(entry))
            {
                entry = KeptValue<TName>.Of(entry, _scratch);
            }

            map[entry] = new Entry(KeptValue<TValue>.Of(value, _scratch), expiry);
        }

        private bool IsLive(Entry entry) => entry.Expiry == 0 || entry.Expiry > Store.Now.Milliseconds;
    }
}
