using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Memory;

/// <summary>Counts the rows of each key, and emits only unexpected counts.</summary>
internal sealed class KeyedCounter<TKey> : KeyedProcessFunction<TKey, TKey, long>
{
    private ValueState<long> _count = null!;

    public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

    public override void Process(in TKey row, KeyedContext<TKey, long> context)
    {
        long count = _count.Value + 1;
        _count.Value = count;
        if (count > KeyedMemory.RowsPerKey)
        {
            context.Emit(count);
        }
    }
}
