using QueryStream.Documentation.Tests.Examples;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using static QueryStream.Documentation.Tests.Shop;

namespace QueryStream.Documentation.Tests;

/// <summary>What the examples of windows do.</summary>
public sealed class WindowExampleTests
{
    private readonly Shop _shop = new();

    [Fact]
    public void Tumbling_windows_follow_each_other()
    {
        _shop.Order(at: 0, price: 1);
        _shop.Order(at: Minute - 1, price: 2);
        _shop.Order(at: Minute, price: 4);
        Assert.Equal(
            [(0, (2, 3)), (Minute, (1, 4))],
            _shop.Run(Windows.Tumble, parallelism: 2).Select(result => (result.Window.Start.Milliseconds, result.Value)));
    }

    [Fact]
    public void Sliding_windows_overlap()
    {
        _shop.Order(at: Hour, customer: "an");
        _shop.Order(at: Hour + Minute, customer: "bao");
        List<WindowResult<Core.Texts.Text, long>> results = _shop.Run(Windows.Slide);
        Assert.Equal(12, results.Count);
        Assert.All(results, result => Assert.Equal(2, result.Value));
        Assert.Equal(5 * Minute, results[1].Window.Start.Milliseconds - results[0].Window.Start.Milliseconds);
    }

    [Fact]
    public void Cumulating_windows_grow_until_the_day_is_over()
    {
        // Midnight in Hanoi is 17:00 of the day before.
        _shop.Order(at: -7 * Hour, price: 1);
        _shop.Order(at: -5 * Hour, price: 2);
        List<WindowResult<Core.Keys.Unit, decimal?>> results = _shop.Run(Windows.Cumulate);
        Assert.Equal([1, 1, .. Enumerable.Repeat<decimal?>(3, 22)], results.Select(result => result.Value));
        Assert.All(results, result => Assert.Equal(-7 * Hour, result.Window.Start.Milliseconds));
    }

    [Fact]
    public void Sessions_end_after_a_gap()
    {
        _shop.Order(at: 0);
        _shop.Order(at: 29 * Minute);
        _shop.Order(at: 60 * Minute);
        Assert.Equal(
            [(0, 59 * Minute, 2), (60 * Minute, 90 * Minute, 1)],
            _shop.Run(Windows.Sessions).Select(result => (result.Window.Start.Milliseconds, result.Window.End.Milliseconds, result.Value)));
    }

    [Fact]
    public void A_global_window_fires_by_the_number_of_rows()
    {
        foreach (decimal price in new[] { 1m, 3m, 2m, 9m })
        {
            _shop.Order(at: 0, price: price);
        }

        Assert.Equal(3, _shop.Run(Windows.Global)[0].Value);
    }

    [Fact]
    public void Processing_time_windows_go_by_the_clock()
    {
        HarnessSink<WindowResult<Core.Texts.Text, long>> sink = new();
        using JobHarness job = _shop.Start((orders, _) => Windows.ByTheClock(orders), sink);
        _shop.Order(at: 123);
        job.Run();
        job.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([1L], sink.Take().Select(result => result.Value));
    }

    [Fact]
    public void Late_rows_update_a_window_and_those_that_are_too_late_stand_apart()
    {
        _shop.Order(at: 0);
        _shop.Order(at: Hour + Minute);
        _shop.Order(at: 1);
        _shop.Order(at: Hour + (10 * Minute));
        _shop.Order(at: 2);
        Assert.Equal([(Pane.OnTime, 1), (Pane.Update, 2)], _shop.Run(orders => Windows.Late(orders).Results)
            .Where(result => result.Window.Start.Milliseconds == 0).Select(result => (result.Pane, result.Value)));
        Assert.Equal([5], _shop.Run(orders => Windows.Late(orders).Late).Select(order => order.Id));
    }

    [Fact]
    public void Several_windows_give_their_results_apart()
    {
        _shop.Order(at: 0);
        _shop.Order(at: 1);
        Assert.Equal([2L], _shop.Run(orders => Windows.Several(orders).Minutes).Select(result => result.Value));
        Assert.Equal(60, _shop.Run(orders => Windows.Several(orders).Hours).Count);
    }

    [Fact]
    public void Reduce_makes_one_row_of_two()
    {
        _shop.Order(at: 0, price: 1);
        _shop.Order(at: 1, price: 3);
        _shop.Order(at: 2, price: 2);
        Assert.Equal([2L], _shop.Run(Windows.Reduce).Select(result => result.Value.Id));
    }

    [Fact]
    public void A_function_sees_all_rows_of_a_window()
    {
        _shop.Order(at: 0, price: 9);
        _shop.Order(at: 1, price: 1);
        _shop.Order(at: 2, price: 5);
        Assert.Equal([3L], _shop.Run(Medians.Define).Select(median => median.Order));
    }

    [Fact]
    public void A_trigger_and_an_evictor_decide_when_and_of_what_there_is_a_result()
    {
        foreach (decimal price in new[] { 1m, 2m, 100m, 3m, 200m, 4m })
        {
            _shop.Order(at: 0, price: price);
        }

        Assert.Equal([102m, 203m], _shop.Run(LargeOrders.Define).Select(result => result.Value));
    }

    [Fact]
    public void An_own_aggregate_is_merged_over_subtasks()
    {
        _shop.Order(at: 0, price: 1);
        _shop.Order(at: 1, price: 3);
        Assert.Equal(1.5, Assert.Single(_shop.Run(HarmonicMeans.Define, parallelism: 2)).Value, 1e-9);
    }
}
