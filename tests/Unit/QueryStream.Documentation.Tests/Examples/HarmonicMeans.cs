using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

internal static class HarmonicMeans
{
    public static Stream<WindowResult<Text, double>> Define(Stream<Order> orders)
    {
        #region own-aggregate-use
        WindowStream<Order, Text, double> means = orders.KeyBy(order => order.Article)
            .Window(Tumbling.Of(TimeSpan.FromHours(1))).Named("means")
            .Aggregate(new Harmonic());
        #endregion
        return means;
    }
}
