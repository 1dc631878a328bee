using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Joins
{
    public static Stream<(long Order, decimal Paid)> Interval(Stream<Order> orders, Stream<Payment> payments)
    {
        #region interval-join
        Stream<(long Order, decimal Paid)> paid = orders.KeyBy(order => order.Id).Join(payments.KeyBy(payment => payment.OrderId))
            .Within(TimeSpan.Zero, TimeSpan.FromHours(1))
            .LeftOuter((order, payment) => (order.Id, payment.Amount), order => (order.Id, 0m), "paid within an hour");
        #endregion
        return paid;
    }

    public static Stream<(long Order, decimal Paid)> InWindow(Stream<Order> orders, Stream<Payment> payments)
    {
        #region window-join
        Stream<(long Order, decimal Paid)> sameDay = orders.KeyBy(order => order.Id).Join(payments.KeyBy(payment => payment.OrderId))
            .Window(Tumbling.Of(TimeSpan.FromDays(1)))
            .Inner((order, payment) => (order.Id, payment.Amount), "paid on the same day");
        #endregion
        return sameDay;
    }

    public static Stream<decimal> AsOf(Stream<Order> orders, Stream<(Text Article, decimal Cost)> costs)
    {
        #region as-of
        Stream<decimal> margins = orders.KeyBy(order => order.Article).Join(costs.KeyBy(cost => cost.Article))
            .AsOf()
            .Inner((order, cost) => order.Price - cost.Cost, "cost at the time of the order");
        #endregion
        return margins;
    }
}
