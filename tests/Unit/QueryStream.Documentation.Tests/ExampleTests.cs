using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Documentation.Tests.Examples;
using QueryStream.Streams;
using QueryStream.TestKit.Jobs;
using static QueryStream.Documentation.Tests.Shop;

namespace QueryStream.Documentation.Tests;

/// <summary>What the examples of the documents do.</summary>
public sealed class ExampleTests
{
    private readonly Shop _shop = new();

    [Fact]
    public void Map_filter_union_and_count_take_rows_one_by_one()
    {
        _shop.Order(at: 1, article: "tea", price: 99);
        _shop.Order(at: 2, article: "pot", price: 100);
        Assert.Equal(["tea", "pot"], _shop.Run(Rows.Map).Select(article => article.ToString()));
        Assert.Equal([2], _shop.Run(Rows.Filter).Select(order => order.Id));
        Assert.Equal(4, _shop.Run(orders => Rows.Union(orders, orders)).Count);
        Assert.Equal(2, _shop.Run(Rows.Count).Count);
    }

    [Fact]
    public void A_flat_map_makes_any_number_of_rows()
    {
        _shop.Order(at: 1, article: "tea pot");
        Assert.Equal(["tea", "pot"], _shop.Run(orders => Rows.FlatMap(Rows.Map(orders))).Select(word => word.ToString()));
    }

    [Fact]
    public void Repartitioned_rows_all_arrive()
    {
        _shop.Order(at: 1);
        _shop.Order(at: 2);
        Assert.Equal([1, 2], _shop.Run(Rows.Repartition, parallelism: 3).Select(order => order.Id).Order());
    }

    [Fact]
    public void An_operator_of_another_parallelism_gets_all_rows()
    {
        _shop.Order(at: 1, price: 5);
        _shop.Order(at: 2, price: 6);
        Assert.Equal([5, 6], _shop.Run(Rows.Parallelism, parallelism: 2).Order());
    }

    [Fact]
    public void A_table_that_changes_is_a_changelog()
    {
        _shop.Order(at: 1, customer: "an");
        _shop.Order(at: 2, customer: "an");
        Assert.Equal(
            ["+I[(an, 1)]", "-U[(an, 1)]", "+U[(an, 2)]"],
            _shop.Run(orders => orders.KeyBy(order => order.Customer).Process(() => new OrderCounts(), "order counts"))
                .Select(change => change.ToString()));
    }

    [Fact]
    public void Answers_from_outside_come_in_order()
    {
        _shop.Order(at: 1, customer: "an");
        _shop.Order(at: 2, customer: "bao");
        List<Text> cities = _shop.Run(orders => Rows.MapAsync(orders, (customer, _) => Task.FromResult(Text.From($"city of {customer}"))));
        Assert.Equal(["city of an", "city of bao"], cities.Select(city => city.ToString()));
    }

    [Fact]
    public void A_row_whose_function_throws_can_be_kept_apart()
    {
        _shop.Order(at: 1, price: 4);
        _shop.Order(at: 2, price: 0);
        Assert.Equal([25], _shop.Run(orders => Rows.OnError(orders).Shares));
        Assert.Contains("divide", Assert.Single(_shop.Run(orders => Rows.OnError(orders).Failed)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_cannot_be_folded_can_be_kept_apart()
    {
        _shop.Order(at: 1, price: 4);
        _shop.Order(at: 2, price: 0);
        Assert.Equal([25], _shop.Run(orders => Rows.FoldError(orders).Rates.Map(rate => rate.Value)));
        Assert.Contains("divide", Assert.Single(_shop.Run(orders => Rows.FoldError(orders).Refused)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_function_keeps_a_value_for_each_key(int parallelism)
    {
        _shop.Order(at: 1, customer: "an", price: 10);
        _shop.Order(at: 2, customer: "bao", price: 1);
        _shop.Order(at: 3, customer: "an", price: 20);
        _shop.Order(at: 4, customer: "an", price: 30);
        Assert.Equal([10, 15], _shop.Run(Averages.Define, parallelism));
    }

    [Fact]
    public void A_function_without_a_key_keeps_a_list()
    {
        _shop.Order(at: 1);
        _shop.Repeat(id: 1);
        _shop.Order(at: 2);
        Assert.Equal([1, 2], _shop.Run(Latest.Define).Select(order => order.Id));
    }

    [Fact]
    public void Timers_and_side_outputs_tell_who_has_not_paid_and_who_has_twice()
    {
        _shop.Order(at: 1);
        _shop.Order(at: 2);
        _shop.Pay(order: 1, at: Hour);
        _shop.Pay(order: 1, at: 2 * Hour);
        Assert.Equal([2], _shop.Run((orders, payments) => Reminding.Define(orders, payments).Unpaid));
        Assert.Equal(
            [2 * Hour], _shop.Run((orders, payments) => Reminding.Define(orders, payments).Twice).Select(payment => payment.At.Milliseconds));
    }

    [Fact]
    public void A_timer_of_the_clock_tells_what_lists_maps_and_aggregates_hold()
    {
        HarnessSink<string> sink = new();
        using JobHarness job = _shop.Start((orders, _) => orders.KeyBy(order => order.Customer).Process(() => new Baskets(), "baskets"), sink);
        _shop.Order(at: 1, article: "tea", price: 1);
        _shop.Order(at: 2, article: "pot", price: 2);
        job.Run();
        job.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(sink.Rows);
        job.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["an: 2 orders of 2 articles, 1.50 each"], sink.Take());
    }

    [Fact]
    public void Broadcast_rows_reach_every_subtask()
    {
        HarnessSource<(Text, decimal)> discounts = new();
        HarnessSource<Order> orders = new();
        HarnessSink<decimal> sink = new();
        using JobHarness job = new(
            builder => Rates.Define(builder.Source("orders", orders), builder.Source("discounts", discounts)).To("prices", sink), parallelism: 2);
        discounts.Push((Text.From("tea"), 10), time: 0);
        job.Run();
        orders.Push(new Order(1, Text.From("an"), Text.From("tea"), 50, new EventTime(1)), time: 1);
        orders.Push(new Order(2, Text.From("an"), Text.From("pot"), 50, new EventTime(2)), time: 2);
        job.Run();
        Assert.Equal([45, 50], sink.Take().Order());
    }

    [Fact]
    public void Joins_pair_rows_by_their_times()
    {
        _shop.Order(at: 0);
        _shop.Order(at: 1);
        _shop.Pay(order: 1, at: Hour, amount: 7);
        _shop.Pay(order: 2, at: 2 * Hour, amount: 8);
        Assert.Equal([(1, 7m), (2, 0m)], _shop.Run(Joins.Interval).Order());
        Assert.Equal([(1, 7m), (2, 8m)], _shop.Run(Joins.InWindow).Order());
    }

    [Fact]
    public void A_lookup_takes_what_was_in_force()
    {
        HarnessSource<(Text, decimal)> costs = new();
        HarnessSource<Order> orders = new();
        HarnessSink<decimal> sink = new();
        using JobHarness job = new(builder => Joins.AsOf(
            builder.Source("orders", orders).Watermarks(new WatermarkStrategy<Order>()),
            builder.Source("costs", costs).Watermarks(new WatermarkStrategy<(Text, decimal)>())).To("margins", sink));
        costs.Push((Text.From("tea"), 1), time: 10);
        costs.Push((Text.From("tea"), 2), time: 20);
        orders.Push(new Order(1, Text.From("an"), Text.From("tea"), 5, new EventTime(15)), time: 15);
        orders.Push(new Order(2, Text.From("an"), Text.From("tea"), 5, new EventTime(25)), time: 25);
        costs.EndAll();
        orders.EndAll();
        job.Run();
        Assert.Equal([4, 3], sink.Take());
    }
}
