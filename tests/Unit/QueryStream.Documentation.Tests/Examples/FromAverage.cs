using QueryStream.Core.Texts;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region keyed-process
/// <summary>Says of each order how far it is from what the customer has paid on average so far.</summary>
public sealed class FromAverage : KeyedProcessFunction<Text, Order, decimal>
{
    private ValueState<(decimal Sum, int Count)> _paid = null!;

    public override void Open(KeyedStateContext state) => _paid = state.Value<(decimal, int)>("paid");

    public override void Process(in Order row, KeyedContext<Text, decimal> context)
    {
        (decimal sum, int count) = _paid.Value;
        if (count > 0)
        {
            context.Emit(row.Price - (sum / count));
        }

        _paid.Value = (sum + row.Price, count + 1);
    }
}
#endregion
