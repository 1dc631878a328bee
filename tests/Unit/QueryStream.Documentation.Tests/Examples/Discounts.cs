using QueryStream.Core.Texts;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region broadcast
/// <summary>Takes off the discount of the article, which may change at any time.</summary>
public sealed class Discounts : BroadcastProcessFunction<Order, (Text Article, decimal Percent), decimal>
{
    private BroadcastState<Text, decimal> _percents = null!;

    public override void Open(BroadcastStateContext state) => _percents = state.Broadcast<Text, decimal>("percents");

    public override void ProcessBroadcast(in (Text Article, decimal Percent) row, ProcessContext<decimal> context) =>
        _percents.Set(row.Article, row.Percent);

    public override void Process(in Order row, ProcessContext<decimal> context)
    {
        decimal percent = _percents.TryGet(row.Article, out decimal found) ? found : 0;
        context.Emit(row.Price * (100 - percent) / 100);
    }
}
#endregion
