using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Benchmarks;

/// <summary>Numbers the rows of each key in two streams.</summary>
internal sealed class BothCounter : KeyedCoProcessFunction<int, Event, Event, long>
{
    private ValueState<long> _count = null!;

    public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

    public override void ProcessLeft(in Event row, KeyedContext<int, long> context) => context.Emit(++_count.Value);

    public override void ProcessRight(in Event row, KeyedContext<int, long> context) => context.Emit(--_count.Value);
}
