using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Windows;

public sealed class TumblingTests
{
    [Theory]
    [InlineData(0, 0, 20_000)]
    [InlineData(19_999, 0, 20_000)]
    [InlineData(20_000, 20_000, 40_000)]
    [InlineData(-1, -20_000, 0)]
    [InlineData(-20_000, -20_000, 0)]
    [InlineData(-20_001, -40_000, -20_000)]
    [InlineData(1_765_279_815_123, 1_765_279_800_000, 1_765_279_820_000)]
    public void A_time_falls_into_the_window_that_begins_at_or_before_it(long time, long start, long end) =>
        Assert.Equal(
            new Window(new EventTime(start), new EventTime(end)), Tumbling.Of(TimeSpan.FromSeconds(20)).WindowOf(new EventTime(time)));

    [Fact]
    public void Every_time_falls_into_one_window_of_the_right_size_that_is_aligned_to_the_epoch() =>
        Prop.ForAll<long, PositiveInt>((time, size) =>
        {
            long milliseconds = Math.Clamp(time, long.MinValue + size.Get, long.MaxValue - size.Get);
            Window window = Tumbling.Of(TimeSpan.FromMilliseconds(size.Get)).WindowOf(new EventTime(milliseconds));
            return window.Start.Milliseconds <= milliseconds && milliseconds < window.End.Milliseconds
                && (Int128)window.End.Milliseconds - window.Start.Milliseconds == size.Get
                && window.Start.Milliseconds % size.Get == 0
                && window.MaxTime.Milliseconds == window.End.Milliseconds - 1;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    public void A_window_is_cut_off_at_the_smallest_and_largest_time(long time)
    {
        Window window = Tumbling.Of(TimeSpan.FromSeconds(20)).WindowOf(new EventTime(time));
        Assert.True(
            window.Start.Milliseconds <= time && time <= window.End.Milliseconds, $"{window.Start.Milliseconds} to {window.End.Milliseconds}");
        Assert.InRange((Int128)window.End.Milliseconds - window.Start.Milliseconds, 1, 20_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(10_001)]
    [InlineData(10_000 * TimeSpan.TicksPerDay + TimeSpan.TicksPerMillisecond)]
    public void A_size_that_is_not_possible_is_refused(long ticks) =>
        Assert.Contains(
            "window", Assert.Throws<JobDefinitionException>(() => Tumbling.Of(TimeSpan.FromTicks(ticks))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_smallest_and_the_largest_size_are_possible()
    {
        Assert.Equal(1, Tumbling.Of(TimeSpan.FromMilliseconds(1)).SizeMilliseconds);
        Assert.Equal(864_000_000_000, Tumbling.Of(TimeSpan.FromDays(10_000)).SizeMilliseconds);
    }
}
