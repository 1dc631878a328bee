using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

internal static class Rows
{
    public static Stream<Text> Map(Stream<Order> orders)
    {
        #region map
        Stream<Text> articles = orders.Map(order => order.Article);
        #endregion
        return articles;
    }

    public static Stream<Order> Filter(Stream<Order> orders)
    {
        #region filter
        Stream<Order> large = orders.Filter(order => order.Price >= 100);
        #endregion
        return large;
    }

    public static Stream<Text> FlatMap(Stream<Text> lines)
    {
        #region flat-map
        Stream<Text> words = lines.FlatMap<Text>((line, emit) =>
        {
            foreach (string word in line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                emit(Text.From(word));
            }
        });
        #endregion
        return words;
    }

    public static Stream<decimal> Parallelism(Stream<Order> orders)
    {
        #region parallelism
        Stream<decimal> shown = orders.Map(order => order.Price).Parallelism(4);
        #endregion
        return shown;
    }

    public static Stream<Order> Union(Stream<Order> web, Stream<Order> shop)
    {
        #region union
        Stream<Order> all = web.Union(shop);
        #endregion
        return all;
    }

    public static Stream<Order> Count(Stream<Order> orders)
    {
        #region count
        Stream<Order> counted = orders.Count("orders").Count("gifts", order => order.Price == 0);
        #endregion
        return counted;
    }

    public static Stream<Order> Repartition(Stream<Order> orders)
    {
        #region repartition
        Stream<Order> inTurn = orders.Rebalance();
        Stream<Order> byHand = inTurn.PartitionBy((order, subtasks) => (int)(order.Id % subtasks));
        #endregion
        return byHand;
    }

    public static Stream<Text> MapAsync(Stream<Order> orders, Func<Text, CancellationToken, Task<Text>> findCityAsync)
    {
        #region map-async
        Stream<Text> cities = orders.MapAsync(
            (order, stop) => findCityAsync(order.Customer, stop),
            new AsyncOptions { InFlight = 100, Timeout = TimeSpan.FromSeconds(2), Retries = 3, RetryDelay = TimeSpan.FromMilliseconds(100) },
            "city of the customer");
        #endregion
        return cities;
    }

    public static (Stream<decimal> Shares, Stream<string> Failed) OnError(Stream<Order> orders)
    {
        #region on-error
        OperatorStream<decimal> shares = orders.Map(order => 100 / order.Price).OnError(ErrorPolicy.DeadLetter);
        Stream<string> failed = shares.Errors.Map(letter => letter.Detail);
        #endregion
        return (shares, failed);
    }

    public static (Stream<WindowResult<Text, double?>> Rates, Stream<string> Refused) FoldError(Stream<Order> orders)
    {
        #region fold-error
        WindowStream<Order, Text, double?> rates = orders.KeyBy(order => order.Customer)
            .Window(Tumbling.Of(TimeSpan.FromDays(1))).Named("rates").OnError(ErrorPolicy.DeadLetter)
            .Aggregate(day => day.Average(order => (double?)(100 / order.Price)));
        Stream<string> refused = rates.Errors.Map(letter => letter.Detail);
        #endregion
        return (rates, refused);
    }
}
