using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Benchmarks;

/// <summary>Numbers the rows of each key.</summary>
internal sealed class RowCounter : KeyedProcessFunction<int, Event, long>
{
    private ValueState<long> _count = null!;

    public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

    public override void Process(in Event row, KeyedContext<int, long> context)
    {
        long count = _count.Value + 1;
        _count.Value = count;
        context.Emit(count);
    }
}
