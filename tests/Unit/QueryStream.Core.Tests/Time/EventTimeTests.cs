using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Time;

namespace QueryStream.Core.Tests.Time;

public sealed class EventTimeTests
{
    [Fact]
    public void Addition_saturates_in_both_directions() =>
        Prop.ForAll<long, long>((a, b) =>
        {
            Int128 exact = (Int128)a + b;
            long expected = a is long.MinValue or long.MaxValue ? a : (long)Int128.Clamp(exact, long.MinValue, long.MaxValue);
            return new EventTime(a).Add(b) == new EventTime(expected);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(long.MaxValue - 1, 1, long.MaxValue)]
    [InlineData(long.MaxValue - 1, 2, long.MaxValue)]
    [InlineData(long.MaxValue - 1, long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue + 1, -1, long.MinValue)]
    [InlineData(long.MinValue + 1, -2, long.MinValue)]
    [InlineData(long.MinValue + 1, long.MinValue, long.MinValue)]
    [InlineData(1, long.MinValue, long.MinValue + 1)]
    [InlineData(-1, long.MaxValue, long.MaxValue - 1)]
    [InlineData(long.MaxValue, -1, long.MaxValue)]
    [InlineData(long.MinValue, 1, long.MinValue)]
    [InlineData(5, -7, -2)]
    public void MinValue_and_MaxValue_do_not_change(long time, long milliseconds, long expected) =>
        Assert.Equal(new EventTime(expected), new EventTime(time).Add(milliseconds));

    [Fact]
    public void Durations_are_truncated_to_milliseconds()
    {
        Assert.Equal(new EventTime(1001), new EventTime(1000).Add(TimeSpan.FromTicks(19_999)));
        Assert.Equal(new EventTime(999), new EventTime(1000).Add(TimeSpan.FromTicks(-19_999)));
        Assert.Equal(new EventTime(1), EventTime.From(DateTimeOffset.UnixEpoch.AddTicks(19_999)));
    }

    [Fact]
    public void Comparisons_agree_with_those_of_numbers() =>
        Prop.ForAll<long, long>((a, b) =>
        {
            EventTime x = new(a);
            EventTime y = new(b);
            return (x < y) == (a < b) && (x > y) == (a > b) && (x <= y) == (a <= b) && (x >= y) == (a >= b)
                && x.CompareTo(y) == a.CompareTo(b)
                && EventTime.Max(x, y) == new EventTime(Math.Max(a, b)) && EventTime.Min(x, y) == new EventTime(Math.Min(a, b));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999Z")]
    [InlineData(1_765_279_800_000, "2025-12-09T11:30:00.000Z")]
    [InlineData(253_402_300_799_999, "9999-12-31T23:59:59.999Z")]
    [InlineData(253_402_300_800_000, "253402300800000")]
    [InlineData(-62_135_596_800_000, "0001-01-01T00:00:00.000Z")]
    [InlineData(-62_135_596_800_001, "-62135596800001")]
    [InlineData(long.MinValue, "-∞")]
    [InlineData(long.MaxValue, "+∞")]
    public void It_prints_as_calendar_time_if_possible(long milliseconds, string expected) =>
        Assert.Equal(expected, new EventTime(milliseconds).ToString());

    [Fact]
    public void The_calendar_gives_back_the_time_that_came_from_it()
    {
        DateTimeOffset time = new(2025, 12, 9, 11, 30, 0, 123, TimeSpan.Zero);
        Assert.Equal(time, EventTime.From(time).ToDateTimeOffset());
        Assert.Equal(EventTime.From(time), EventTime.From(time.ToOffset(TimeSpan.FromHours(7))));
    }

    [Theory]
    [InlineData(9_000, 1)]
    [InlineData(12_000, -2)]
    [InlineData(1_760_000_000_000_000, -315_576_000_000)]
    [InlineData(long.MinValue, 315_576_000_000)]
    [InlineData(long.MaxValue, -315_576_000_000)]
    public void How_far_it_is_behind_the_clock_has_a_limit(long time, double seconds) =>
        Assert.Equal(seconds, new EventTime(time).Behind(DateTimeOffset.FromUnixTimeMilliseconds(10_000)).TotalSeconds);
}
