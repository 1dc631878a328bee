using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>
/// One list per key, on the heap. In snapshots an item is (key, expiry, values). A list only grows at its end or is replaced, so a capture can share
/// its array and keep its length.
/// </summary>
internal sealed class HeapListState<TKey, T>(HeapKeyedStore<TKey> store, string name, StateTtl? ttl) : ListState<T>
{
    private readonly Column _column = new(store, name, ttl);

    /// <summary>The column of the store.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override int Count => _column.Count;

    public override ReadOnlySpan<T> Values => _column.Values;

    public override void Add(in T value) => _column.Add(value);

    public override void Replace(ReadOnlySpan<T> values) => _column.Replace(values);

    public override void Clear() => _column.Clear();

    private struct Cell
    {
        public T[]? Values;
        public int Count;
    }

    private sealed class Column(HeapKeyedStore<TKey> store, string name, StateTtl? ttl) : HeapColumn<TKey, Cell>(store, name, ttl)
    {
        private readonly CodecWriter _scratch = new();

        public int Count => TryFind(out int slot) ? CellAt(slot).Count : 0;

        public ReadOnlySpan<T> Values
        {
            get
            {
                if (!TryFind(out int slot))
                {
                    return [];
                }

                Cell cell = MutableObjects<T>.Possible ? CellForUpdate(slot) : CellAt(slot);
                return cell.Values.AsSpan(0, cell.Count);
            }
        }

        public void Add(in T value) => Append(ref CellForWrite(), KeptValue<T>.Of(value, _scratch));

        public void Replace(ReadOnlySpan<T> values)
        {
            if (values.IsEmpty)
            {
                DropSelected();
                return;
            }

            // A new array, since the values may be a part of the old one. Values from state are then copied twice, which is harmless.
            T[] copy = new T[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                copy[i] = KeptValue<T>.Of(values[i], _scratch);
            }

            CellForOverwrite() = new Cell { Values = copy, Count = copy.Length };
        }

        public void Clear() => DropSelected();

        public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, T[] Values)>(Name, item =>
        {
            ref Cell cell = ref CellForRestore(item.Key, item.Expiry);
            foreach (T value in item.Values)
            {
                Append(ref cell, KeptValue<T>.Of(value, _scratch));
            }
        });

        protected override void Capture(StateCapture capture, FrozenCells cells) =>
            capture.Keyed(Name, cells.InUse().Select(static cell => (cell.Hash, (cell.Key, cell.Expiry, cell.Cell.Values![..cell.Cell.Count]))));

        protected override Cell Unshared(in Cell cell)
        {
            if (!MutableObjects<T>.Possible || cell.Values is null)
            {
                return cell;
            }

            T[] copy = new T[cell.Values.Length];
            for (int i = 0; i < cell.Count; i++)
            {
                copy[i] = MutableObjects<T>.Copy(cell.Values[i], _scratch);
            }

            return new Cell { Values = copy, Count = cell.Count };
        }

        private static void Append(ref Cell cell, T value)
        {
            if (cell.Values is null || cell.Count == cell.Values.Length)
            {
                Array.Resize(ref cell.Values, Math.Max(4, cell.Count * 2));
            }

            cell.Values[cell.Count++] = value;
        }
    }
}
