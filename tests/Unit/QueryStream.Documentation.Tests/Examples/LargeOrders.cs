using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

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
