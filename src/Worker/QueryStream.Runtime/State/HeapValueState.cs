using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>One value per key, on the heap. In snapshots an item is (key, expiry, value).</summary>
internal sealed class HeapValueState<TKey, T>(HeapKeyedStore<TKey> store, string name, StateTtl? ttl) : ValueState<T>
{
    private readonly Column _column = new(store, name, ttl);

    /// <summary>The column of the store.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override bool HasValue => _column.HasValue;

    public override T? Value
    {
        get => _column.TryGet(out T? value) ? value : default;
        set => _column.Set(value!);
    }

    public override void Clear() => _column.Clear();

    private sealed class Column(HeapKeyedStore<TKey> store, string name, StateTtl? ttl) : HeapColumn<TKey, T>(store, name, ttl)
    {
        private readonly CodecWriter _scratch = new();

        public bool HasValue => TryFind(out _);

        public bool TryGet(out T? value)
        {
            bool found = TryFind(out int slot);
            value = !found ? default : MutableObjects<T>.Possible ? CellForUpdate(slot) : CellAt(slot);
            return found;
        }

        public void Set(T value) => CellForOverwrite() = KeptValue<T>.Of(value, _scratch);

        public void Clear() => DropSelected();

        public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, T Value)>(
            Name, item => CellForRestore(item.Key, item.Expiry) = KeptValue<T>.Of(item.Value, _scratch));

        protected override void Capture(StateCapture capture, FrozenCells cells) =>
            capture.Keyed(Name, cells.InUse().Select(static cell => (cell.Hash, (cell.Key, cell.Expiry, cell.Cell))));

        protected override T Unshared(in T cell) => MutableObjects<T>.Copy(cell, _scratch);
    }
}
