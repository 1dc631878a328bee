using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

#region trigger
/// <summary>Fires at each large order, and not at the end of the window.</summary>
public sealed class AtLargeOrders : Trigger<Order>
{
    public override TriggerResult OnRow(in Order row, TriggerContext context) => row.Price >= 100 ? TriggerResult.Fire : TriggerResult.Continue;
}

/// <summary>Leaves the last two rows.</summary>
public sealed class LastTwo : Evictor<Order>
{
    public override void Before(WindowRows<Order> rows, Window window) => rows.KeepLast(2);
}
#endregion

internal static class LargeOrders
{
    public static Stream<WindowResult<Text, decimal?>> Define(Stream<Order> orders)
    {
        #region trigger-use
        WindowStream<Order, Text, decimal?> sums = orders.KeyBy(order => order.Customer)
            .Window(Tumbling.Of(TimeSpan.FromDays(1))).Named("around large orders")
            .Trigger(() => new AtLargeOrders())
            .Evict(() => new LastTwo())
            .Aggregate(all => all.Sum(order => (decimal?)order.Price));
        #endregion
        return sums;
    }
}
