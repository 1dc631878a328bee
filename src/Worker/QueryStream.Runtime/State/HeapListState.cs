using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>A list a key, on the heap. In snapshots an item is (key, expiry, values).</summary>
internal sealed class HeapListState<TKey, T>(KeyedStore<TKey> store, string name, StateTtl? ttl) : ListState<T>
{
    private readonly Column _column = new(store, name, ttl);

    /// <summary>What the store holds of it.</summary>
    public IStateColumn Cells => _column;

    public override int Count => _column.Values.Length;

    public override ReadOnlySpan<T> Values => _column.Values;

    public override void Add(in T value) => _column.Add(value);

    public override void Replace(ReadOnlySpan<T> values) => _column.Replace(values);

    public override void Clear() => _column.Clear();

    private struct Cell
    {
        public T[]? Values;
        public int Count;
    }

    private sealed class Column(KeyedStore<TKey> store, string name, StateTtl? ttl) : HeapColumn<TKey, Cell>(store, name, ttl)
    {
        private readonly CodecWriter _scratch = new();

        public ReadOnlySpan<T> Values => TryFind(out int slot) ? CellAt(slot).Values.AsSpan(0, CellAt(slot).Count) : [];

        public void Add(in T value) => Append(ref CellForWrite(out _), KeptValue<T>.Of(value, _scratch));

        public void Replace(ReadOnlySpan<T> values)
        {
            if (values.IsEmpty)
            {
                DropSelected();
                return;
            }

            // A new array, since the values may be a part of the old one. What was in state before is copied once more, which is harmless.
            T[] copy = new T[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                copy[i] = KeptValue<T>.Of(values[i], _scratch);
            }

            CellForWrite(out _) = new Cell { Values = copy, Count = copy.Length };
        }

        public void Clear() => DropSelected();

        public override void Capture(StateCapture capture) => capture.Keyed(Name, EncodedItems.Of(Items()));

        private IEnumerable<(ulong, (TKey, long, T[]))> Items()
        {
            for (int group = 0; group < Store.KeyGroups; group++)
            {
                for (int slot = 0; slot < Store.CountOf(group); slot++)
                {
                    if (Has(group, slot))
                    {
                        Cell cell = CellAt(group, slot);
                        yield return (Store.HashOf(group, slot), (Store.KeyOf(group, slot), ExpiryOf(group, slot), cell.Values![..cell.Count]));
                    }
                }
            }
        }

        public override void Restore(StateReader state)
        {
            foreach ((TKey key, long expiry, T[] values) in state.Keyed<(TKey, long, T[])>(Name))
            {
                ref Cell cell = ref CellForRestore(key, expiry);
                foreach (T value in values)
                {
                    Append(ref cell, KeptValue<T>.Of(value, _scratch));
                }
            }
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
