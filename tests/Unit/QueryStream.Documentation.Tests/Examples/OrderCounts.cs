using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region changelog
/// <summary>The number of orders of each customer, as a table that changes.</summary>
public sealed class OrderCounts : KeyedProcessFunction<Text, Order, Change<(Text Customer, int Orders)>>
{
    private ValueState<int> _count = null!;

    public override void Open(KeyedStateContext state) => _count = state.Value<int>("count");

    public override void Process(in Order row, KeyedContext<Text, Change<(Text Customer, int Orders)>> context)
    {
        int before = _count.Value++;
        if (before > 0)
        {
            context.Emit(Change.UpdateBefore((context.Key, before)));
        }

        context.Emit(before > 0 ? Change.UpdateAfter((context.Key, before + 1)) : Change.Insert((context.Key, 1)));
    }
}
#endregion
