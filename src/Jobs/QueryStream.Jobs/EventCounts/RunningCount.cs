using QueryStream.Core.Texts;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Jobs.EventCounts;

/// <summary>Counts the events of each key, and emits each event with the count.</summary>
internal sealed class RunningCount : KeyedProcessFunction<Text, CountableEvent, EventCount>
{
    private ValueState<long> _count = null!;

    /// <inheritdoc/>
    public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

    /// <inheritdoc/>
    public override void Process(in CountableEvent row, KeyedContext<Text, EventCount> context)
    {
        long count = _count.Value + 1;
        _count.Value = count;
        context.Emit(new EventCount(context.Key, row.Number, count));
    }
}
