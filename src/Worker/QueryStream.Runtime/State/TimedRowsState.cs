using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>Rows a key in the order of their event times, on the heap. In snapshots an item is (key, time, mark, row).</summary>
internal sealed class TimedRowsState<TKey, T>(KeyedStore<TKey> store, string name) : HeapColumn<TKey, TimedRows<T>>(store, name, ttl: null)
{
    // Those of keys that come and go are used again, as far as they are small.
    private const int MaxFree = 4096;
    private const int MaxFreeCapacity = 64;

    private readonly CodecWriter _scratch = new();
    private readonly Stack<TimedRows<T>> _free = new();

    /// <summary>The rows of the selected key, to be read and changed; null where it has none.</summary>
    public TimedRows<T>? Find() => TryFind(out int slot) ? CellForUpdate(slot) : null;

    /// <summary>The rows of the selected key, to which one is to be added.</summary>
    public TimedRows<T> ForWrite() => CellForWrite() ??= _free.TryPop(out TimedRows<T>? rows) ? rows : new TimedRows<T>();

    /// <summary>A copy of a row that can be kept.</summary>
    public T Kept(in T row) => KeptValue<T>.Of(row, _scratch);

    /// <summary>Forgets the first rows of the selected key. Where none is left, they belong to that key no more.</summary>
    public void DropFirst(TimedRows<T> rows, int count)
    {
        rows.DropFirst(count);
        if (rows.Count == 0)
        {
            DropSelected();
            if (_free.Count < MaxFree && rows.Capacity <= MaxFreeCapacity)
            {
                rows.Armed = EventTime.MaxValue;
                _free.Push(rows);
            }
        }
    }

    public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, EventTime Time, bool Mark, T Row)>(
        Name, item => (CellForRestore(item.Key, 0) ??= new TimedRows<T>()).Add(Kept(item.Row), item.Time, item.Mark));

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
