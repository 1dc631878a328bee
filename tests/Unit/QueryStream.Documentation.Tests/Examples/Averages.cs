using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Averages
{
    public static Stream<decimal> Define(Stream<Order> orders)
    {
        #region keyed-process-use
        Stream<decimal> distances = orders.KeyBy(order => order.Customer).Process(() => new FromAverage(), "from average");
        #endregion
        return distances;
    }
}
