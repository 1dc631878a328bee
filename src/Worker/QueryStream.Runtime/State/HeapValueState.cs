using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>One value a key, on the heap. In snapshots an item is (key, expiry, value).</summary>
internal sealed class HeapValueState<TKey, T>(KeyedStore<TKey> store, string name, StateTtl? ttl) : ValueState<T>
{
    private readonly Column _column = new(store, name, ttl);

    /// <summary>What the store holds of it.</summary>
    public IStateColumn Cells => _column;

    public override bool HasValue => _column.TryGet(out _);

    public override T? Value
    {
        get => _column.TryGet(out T? value) ? value : default;
        set => _column.Set(value!);
    }

    public override void Clear() => _column.Clear();

    private sealed class Column(KeyedStore<TKey> store, string name, StateTtl? ttl) : HeapColumn<TKey, T>(store, name, ttl)
    {
        private readonly CodecWriter _scratch = new();

        public bool TryGet(out T? value)
        {
            bool found = TryFind(out int slot);
            value = found ? CellAt(slot) : default;
            return found;
        }

        public void Set(T value) => CellForWrite(out _) = KeptValue<T>.Of(value, _scratch);

        public void Clear() => DropSelected();

        public override void Capture(StateCapture capture) => capture.Keyed(Name, EncodedItems.Of(Items()));

        private IEnumerable<(ulong, (TKey, long, T))> Items()
        {
            for (int group = 0; group < Store.KeyGroups; group++)
            {
                for (int slot = 0; slot < Store.CountOf(group); slot++)
                {
                    if (Has(group, slot))
                    {
                        yield return (Store.HashOf(group, slot), (Store.KeyOf(group, slot), ExpiryOf(group, slot), CellAt(group, slot)));
                    }
                }
            }
        }

        public override void Restore(StateReader state)
        {
            foreach ((TKey key, long expiry, T value) in state.Keyed<(TKey, long, T)>(Name))
            {
                CellForRestore(key, expiry) = KeptValue<T>.Of(value, _scratch);
            }
        }
    }
}
