using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>Slices on the heap: their tables hold everything, and captures share them.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="windows">The windows that are made of the slices.</param>
/// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
internal sealed class HeapSliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
    : SliceStore<TKey, TAccumulator>(windows, fork)
    where TAccumulator : struct
{
    public override IEnumerable<(ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item)> Capture(
        StateCapture capture)
    {
        capture.Hold(Versions);
        return Items(Tables);
    }

    public override bool Load(SliceTable<TKey, TAccumulator> table, int slot) => false;

    public override TAccumulator? Peek(Slice<TKey, TAccumulator> slice, in TKey key, ulong hash) =>
        slice.Table.Keys.Find(key, hash) is int slot and >= 0 ? slice.Table.Accumulators[slot] : null;

    public override void LoadAll(Slice<TKey, TAccumulator> slice)
    {
    }

    public override void Release()
    {
    }

    protected override void OnRemoved(Slice<TKey, TAccumulator> slice)
    {
    }

    private static IEnumerable<(ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item)> Items(
        IEnumerable<SliceTable<TKey, TAccumulator>> tables)
    {
        foreach (SliceTable<TKey, TAccumulator> table in tables)
        {
            for (int slot = 0; slot < table.Keys.Count; slot++)
            {
                yield return table.ItemOf(slot);
            }
        }
    }
}
