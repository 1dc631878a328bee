using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region state
/// <summary>Keeps what each customer has ordered, and tells it an hour of the clock after the last order.</summary>
public sealed class Baskets : KeyedProcessFunction<Text, Order, string>
{
    private ListState<long> _orders = null!;
    private MapState<Text, int> _articles = null!;
    private AggregatingState<Order, double?> _average = null!;
    private ValueState<EventTime> _due = null!;

    public override void Open(KeyedStateContext state)
    {
        _orders = state.List<long>("orders");
        _articles = state.Map<Text, int>("articles");
        _average = state.Aggregating("average", new AggregateBuilder<Order>().Average(order => (double?)order.Price));
        _due = state.Value<EventTime>("due");
    }

    public override void Process(in Order row, KeyedContext<Text, string> context)
    {
        _orders.Add(row.Id);
        _articles.Set(row.Article, _articles.TryGet(row.Article, out int before) ? before + 1 : 1);
        _average.Add(row);
        if (_due.HasValue)
        {
            context.DeleteProcessingTimeTimer(_due.Value);
        }

        _due.Value = context.ProcessingTime.Add(TimeSpan.FromHours(1));
        context.SetProcessingTimeTimer(_due.Value);
    }

    public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<Text, string> context)
    {
        context.Emit($"{context.Key}: {_orders.Count} orders of {_articles.Count} articles, {_average.Result:0.00} each");
        _orders.Clear();
        _articles.Clear();
        _average.Clear();
        _due.Clear();
    }
}
#endregion
