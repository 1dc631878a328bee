using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Documentation.Tests.Examples;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Documentation.Tests;

public sealed class OperatorTests
{
    #region operator-test
    [Fact]
    public void A_visit_ends_half_an_hour_after_the_last_order()
    {
        using OperatorHarness<Order, WindowResult<Text, long>> visits = new(Windows.Sessions);
        visits.Push(OrderAt(minute: 0), time: 0);
        visits.Push(OrderAt(minute: 20), time: 20 * 60_000);
        visits.Watermark(40 * 60_000);
        Assert.Empty(visits.Rows);

        visits.Rescale(parallelism: 3);
        visits.Watermark(50 * 60_000);
        Assert.Equal([2], visits.Take().Select(visit => visit.Value));
    }
    #endregion

    [Fact]
    public void A_failure_is_thrown_where_it_is_caused()
    {
        using OperatorHarness<int, int> failing = new(rows => rows.Map(row => row / (row - row)));
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => failing.Push(1, time: 0));
        Assert.IsType<DivideByZeroException>(failure.InnerException);
    }

    [Fact]
    public void The_clock_goes_on_when_the_test_says_so()
    {
        using OperatorHarness<Order, WindowResult<Text, long>> arrivals = new(Windows.ByTheClock);
        arrivals.Push(OrderAt(minute: 0), time: 0);
        arrivals.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([1], arrivals.Take().Select(arrival => arrival.Value));
        arrivals.End();
        Assert.Empty(arrivals.Take());
    }

    private static Order OrderAt(long minute) => new(1, Text.From("an"), Text.From("tea"), 1, new EventTime(minute * 60_000));
}
