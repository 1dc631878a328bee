using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>Rows per key, ordered by event time, on the heap.</summary>
internal sealed class HeapTimedRowsState<TKey, T>(HeapKeyedStore<TKey> store, string name) : TimedRowsState<T>
{
    // The lists of keys that come and go are used again, as far as they are small.
    private const int MaxFree = 4096;
    private const int MaxFreeCapacity = 64;

    private readonly Column _column = new(store, name);
    private readonly Stack<TimedRows<T>> _free = new();

    /// <summary>The state's cells.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override TimedRows<T>? Find() => _column.Find();

    public override TimedRows<T> ForWrite() => _column.ForWrite() ??= _free.TryPop(out TimedRows<T>? rows) ? rows : new TimedRows<T>();

    public override void DropFirst(TimedRows<T> rows, int count)
    {
        rows.DropFirst(count);
        if (rows.Count == 0)
        {
            _column.Drop();
            if (_free.Count < MaxFree && rows.Capacity <= MaxFreeCapacity)
            {
                rows.Armed = EventTime.MaxValue;
                _free.Push(rows);
            }
        }
    }

    private sealed class Column(HeapKeyedStore<TKey> store, string name) : HeapColumn<TKey, TimedRows<T>>(store, name, ttl: null)
    {
        public TimedRows<T>? Find() => TryFind(out int slot) ? CellForUpdate(slot) : null;

        public ref TimedRows<T> ForWrite() => ref CellForWrite();

        public void Drop() => DropSelected();

        public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time, bool Mark, T Row)>(
            Name, item => (CellForRestore(item.Key, 0) ??= new TimedRows<T>()).Add(KeptValue<T>.Of(item.Row), item.Time, item.Mark));

        protected override void Capture(StateCapture capture, FrozenCells cells) => capture.Keyed(Name, Items(cells));

        protected override TimedRows<T> Unshared(in TimedRows<T> cell) => cell?.Fork()!;

        private static IEnumerable<(ulong, (TKey, EventTime, bool, T))> Items(FrozenCells cells)
        {
            foreach ((ulong hash, TKey key, _, TimedRows<T> rows) in cells.InUse())
            {
                for (int i = 0; i < rows.Count; i++)
                {
                    yield return (hash, (key, rows.TimeAt(i), rows.IsMarked(i), rows.RowAt(i)));
                }
            }
        }
    }
}
