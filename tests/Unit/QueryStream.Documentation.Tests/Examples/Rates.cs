using QueryStream.Core.Texts;
using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Rates
{
    public static Stream<decimal> Define(Stream<Order> orders, Stream<(Text Article, decimal Percent)> discounts)
    {
        #region broadcast-use
        Stream<decimal> prices = orders.Connect(discounts.Broadcast()).Process(() => new Discounts(), "discounts");
        #endregion
        return prices;
    }
}
