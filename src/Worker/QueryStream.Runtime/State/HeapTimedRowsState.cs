using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>Rows per key, ordered by event time, on the heap.</summary>
internal sealed class HeapTimedRowsState<TKey, T>(HeapKeyedStore<TKey> store, string name) : TimedRowsState<T>
{
    // Small lists of removed keys are reused.
    private const int MaxFree = 4096;
    private const int MaxFreeCapacity = 64;

    private readonly Column _column = new(store, name);
    private readonly Stack<TimedRows<T>> _free = new();

    /// <summary>The state's cells.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override TimedRows<T>? Find() => _column.Find();

    public override TimedRows<T> ForWrite() => _column.ForWrite().Rows ??= _free.TryPop(out TimedRows<T>? rows) ? rows : new TimedRows<T>();

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

    // A struct, since the JIT shares the code of a column between all classes, which is slower.
    private struct Cell
    {
        public TimedRows<T>? Rows;
    }

    private sealed class Column(HeapKeyedStore<TKey> store, string name) : HeapColumn<TKey, Cell>(store, name, ttl: null)
    {
        public TimedRows<T>? Find() => TryFind(out int slot) ? CellForUpdate(slot).Rows : null;

        public ref Cell ForWrite() => ref CellForWrite();

        public void Drop() => DropSelected();

        public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time, bool Mark, T Row)>(
            Name, item => (CellForRestore(item.Key, 0).Rows ??= new TimedRows<T>()).Add(KeptValue<T>.Of(item.Row), item.Time, item.Mark));

        protected override void Capture(StateCapture capture, FrozenCells cells) => capture.Keyed(Name, Items(cells));

        protected override Cell Unshared(in Cell cell) => new() { Rows = cell.Rows?.Fork() };

        private static IEnumerable<(ulong, (TKey, EventTime, bool, T))> Items(FrozenCells cells)
        {
            foreach ((ulong hash, TKey key, _, Cell cell) in cells.InUse())
            {
                TimedRows<T> rows = cell.Rows!;
                for (int i = 0; i < rows.Count; i++)
                {
                    yield return (hash, (key, rows.TimeAt(i), rows.IsMarked(i), rows.RowAt(i)));
                }
            }
        }
    }
}
