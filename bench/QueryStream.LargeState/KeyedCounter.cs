using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.LargeState;

/// <summary>Counts the rows of each key, and emits every count.</summary>
internal sealed class KeyedCounter : KeyedProcessFunction<long, long, long>
{
    private ValueState<long> _count = null!;

    public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

    public override void Process(in long row, KeyedContext<long, long> context)
    {
        long count = _count.Value + 1;
        _count.Value = count;
        context.Emit(count);
    }
}
