using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Reminding
{
    public static (Stream<long> Unpaid, Stream<Payment> Twice) Define(Stream<Order> orders, Stream<Payment> payments)
    {
        #region timers-use
        ProcessStream<long> unpaid = orders.KeyBy(order => order.Id).Connect(payments.KeyBy(payment => payment.OrderId))
            .Process(() => new Reminders(), "reminders");
        Stream<Payment> twice = unpaid.Side(Reminders.PaidTwice);
        #endregion
        return (unpaid, twice);
    }
}
