using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Windows
{
    public static Stream<Order> Times(SourceStream<Order> source)
    {
        #region watermarks
        Stream<Order> orders = source.Watermarks(new WatermarkStrategy<Order>
        {
            EventTimeOf = order => order.At,
            OutOfOrderness = TimeSpan.FromSeconds(1),
            IdleAfter = TimeSpan.FromSeconds(5),
        });
        #endregion
        return orders;
    }

    public static Stream<WindowResult<Text, (long Orders, decimal? Sum)>> Tumble(Stream<Order> orders)
    {
        #region tumbling
        WindowStream<Order, Text, (long Orders, decimal? Sum)> minutes = orders.KeyBy(order => order.Article)
            .Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Named("articles a minute")
            .Aggregate(all => (all.Count(), all.Sum(order => (decimal?)order.Price)));
        #endregion
        return minutes;
    }

    public static Stream<WindowResult<Text, long>> Slide(Stream<Order> orders)
    {
        #region sliding
        WindowStream<Order, Text, long> lastHour = orders.KeyBy(order => order.Article)
            .Window(Sliding.Of(size: TimeSpan.FromHours(1), slide: TimeSpan.FromMinutes(5))).Named("last hour")
            .Aggregate(all => all.CountDistinct(order => order.Customer));
        #endregion
        return lastHour;
    }

    public static Stream<WindowResult<Unit, decimal?>> Cumulate(Stream<Order> orders)
    {
        #region cumulating
        WindowStream<Order, Unit, decimal?> today = orders
            .Window(Cumulating.Of(maxSize: TimeSpan.FromDays(1), step: TimeSpan.FromHours(1), offset: TimeSpan.FromHours(-7))).Named("today so far")
            .Aggregate(all => all.Sum(order => (decimal?)order.Price));
        #endregion
        return today;
    }

    public static Stream<WindowResult<Text, long>> Sessions(Stream<Order> orders)
    {
        #region sessions
        WindowStream<Order, Text, long> visits = orders.KeyBy(order => order.Customer)
            .Window(Session.WithGap(TimeSpan.FromMinutes(30))).Named("visits")
            .Aggregate(all => all.Count());
        #endregion
        return visits;
    }

    public static Stream<WindowResult<Text, decimal?>> Global(Stream<Order> orders)
    {
        #region global
        WindowStream<Order, Text, decimal?> everyThree = orders.KeyBy(order => order.Customer)
            .Window(QueryStream.Streams.Windows.Global.Of(rows: 3)).Named("every three orders")
            .Aggregate(all => all.Max(order => (decimal?)order.Price));
        #endregion
        return everyThree;
    }

    public static Stream<WindowResult<Text, long>> ByTheClock(Stream<Order> orders)
    {
        #region processing-time
        WindowStream<Order, Text, long> arrivals = orders.KeyBy(order => order.Article)
            .Window(Tumbling.Of(TimeSpan.FromSeconds(10))).ProcessingTime().Named("arrivals")
            .Aggregate(all => all.Count());
        #endregion
        return arrivals;
    }

    public static (Stream<WindowResult<Text, long>> Results, Stream<Order> Late) Late(Stream<Order> orders)
    {
        #region lateness
        WindowStream<Order, Text, long> hours = orders.KeyBy(order => order.Article)
            .Window(Tumbling.Of(TimeSpan.FromHours(1))).Named("hours")
            .Early(TimeSpan.FromSeconds(10))
            .Lateness(TimeSpan.FromMinutes(5))
            .Aggregate(all => all.Count());
        Stream<Order> tooLate = hours.Late;
        #endregion
        return (hours, tooLate);
    }

    public static (Stream<WindowResult<Text, long>> Minutes, Stream<WindowResult<Text, long>> Hours) Several(Stream<Order> orders)
    {
        #region several
        Tumbling minute = Tumbling.Of(TimeSpan.FromMinutes(1));
        Sliding hour = Sliding.Of(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        WindowStream<Order, Text, long> both = orders.KeyBy(order => order.Article).Windows(minute, hour).Named("minutes and hours")
            .Aggregate(all => all.Count());
        Stream<WindowResult<Text, long>> minutes = both.Of(minute);
        Stream<WindowResult<Text, long>> hours = both.Of(hour);
        #endregion
        return (minutes, hours);
    }

    public static Stream<WindowResult<Text, Order>> Reduce(Stream<Order> orders)
    {
        #region reduce
        WindowStream<Order, Text, Order> dearest = orders.KeyBy(order => order.Customer)
            .Window(Tumbling.Of(TimeSpan.FromDays(1))).Named("dearest of the day")
            .Reduce((one, other) => one.Price >= other.Price ? one : other);
        #endregion
        return dearest;
    }
}
