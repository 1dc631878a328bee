using QueryStream.Core.Time;
using QueryStream.Web.Texts;

namespace QueryStream.Web.Tests;

/// <summary>How figures and logs are written.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0d, "0/s")]
    [InlineData(1.25, "1.3/s")]
    [InlineData(999.6, "1,000/s")]
    [InlineData(12_345d, "12.3 k/s")]
    [InlineData(2_500_000d, "2.5 M/s")]
    [InlineData(double.NaN, "–/s")]
    public void Rates_are_short(double? rate, string text) => Assert.Equal(text, Show.Rate(rate));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1,023 B")]
    [InlineData(1536L, "1.5 KiB")]
    [InlineData(5_000_000_000L, "4.7 GiB")]
    public void Sizes_have_a_unit(long? bytes, string text) => Assert.Equal(text, Show.Bytes(bytes));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0004, "0 ms")]
    [InlineData(0.83, "830 ms")]
    [InlineData(1.5, "1.5 s")]
    [InlineData(65d, "1 min 5 s")]
    [InlineData(7260d, "2 h 1 min")]
    [InlineData(90_000d, "1 d 1 h")]
    [InlineData(-2d, "−2.0 s")]
    public void Durations_have_their_two_largest_units(double? seconds, string text) =>
        Assert.Equal(text, Show.Duration(seconds is { } known ? TimeSpan.FromSeconds(known) : null));

    [Fact]
    public void Watermarks_are_times_or_nothing()
    {
        Assert.Equal("–", Show.EventTime(EventTime.MinValue));
        Assert.Equal("end", Show.EventTime(EventTime.MaxValue));
        Assert.Equal("1970-01-01 00:00:01.500Z", Show.EventTime(new EventTime(1500)));
        Assert.Equal("9000000000000000000 ms", Show.EventTime(new EventTime(9_000_000_000_000_000_000)));
    }

    [Fact]
    public void A_line_that_has_no_level_belongs_to_the_one_before()
    {
        LogLine[] lines = LogLines.Parse("10:00:00.000 INFO  one\n10:00:00.001 ERROR two\n   at Three()\n10:00:00.002 WARN  four\n");
        Assert.Equal(["info", "error", "error", "warn"], lines.Select(line => line.Level));
        Assert.Equal([1, 2, 3], LogLines.Select(lines, "warn", "").Select(line => line.Number));
        Assert.Equal([2], LogLines.Select(lines, "trace", "THREE").Select(line => line.Number));
    }
}
