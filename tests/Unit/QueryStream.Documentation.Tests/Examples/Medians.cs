using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Medians
{
    public static Stream<(Text Article, Window Window, long Order)> Define(Stream<Order> orders)
    {
        #region window-function-use
        Stream<(Text Article, Window Window, long Order)> medians = orders.KeyBy(order => order.Article)
            .Window(Tumbling.Of(TimeSpan.FromHours(1))).Named("medians")
            .Process(() => new Median());
        #endregion
        return medians;
    }
}
