using QueryStream.Core.Codecs;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>One accumulator per key, on the heap. In snapshots an item is (key, expiry, accumulator).</summary>
internal sealed class HeapAggregatingState<TKey, TIn, TAccumulator, TOut>(
    HeapKeyedStore<TKey> store, string name, StateTtl? ttl, Aggregate<TIn, TAccumulator, TOut> aggregate) : AggregatingState<TIn, TOut>
    where TAccumulator : struct
{
    private readonly Column _column = new(store, name, ttl, aggregate);

    /// <summary>The column of the store.</summary>
    public IStateColumn<TKey> Cells => _column;

    public override bool HasValue => _column.HasValue;

    public override TOut Result => _column.Result;

    public override void Add(in TIn row) => _column.Add(row);

    public override void Clear() => _column.Clear();

    private sealed class Column(HeapKeyedStore<TKey> store, string name, StateTtl? ttl, Aggregate<TIn, TAccumulator, TOut> aggregate)
        : HeapColumn<TKey, TAccumulator>(store, name, ttl)
    {
        public bool HasValue => TryFind(out _);

        public TOut Result
        {
            get
            {
                if (TryFind(out int slot))
                {
                    return aggregate.Result(ref CellForUpdate(slot), isFinal: false);
                }

                TAccumulator nothing = default;
                return aggregate.Result(ref nothing, isFinal: false);
            }
        }

        public void Add(in TIn row) => aggregate.Add(ref CellForWrite(), row);

        public void Clear() => DropSelected();

        public override Task RestoreAsync(StateReader state) => state.KeyedAsync<(TKey Key, long Expiry, TAccumulator Accumulator)>(
            Name, item => CellForRestore(item.Key, item.Expiry) = KeptValue<TAccumulator>.Of(item.Accumulator));

        protected override void Capture(StateCapture capture, FrozenCells cells) =>
            capture.Keyed(Name, cells.InUse().Select(static cell => (cell.Hash, (cell.Key, cell.Expiry, cell.Cell))));

        protected override TAccumulator Unshared(in TAccumulator cell) => aggregate.Fork(cell);
    }
}
