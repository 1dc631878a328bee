using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Time;

namespace QueryStream.Core.Tests.Time;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5_000)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("10000d", 864_000_000_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("4.35h", 15_660_000)]
    [InlineData("0.07min", 4_200)]
    [InlineData(" 5 s ", 5_000)]
    [InlineData("0.5ms", 0.5)]
    public void A_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5S")]
    [InlineData("5m")]
    [InlineData("5sec")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("5 5s")]
    [InlineData("10001d")]
    [InlineData("NaNs")]
    [InlineData("Infinitys")]
    [InlineData("-Infinitys")]
    [InlineData("∞s")]
    [InlineData("99999999999999999999999999999999999999s")]
    public void Other_texts_are_not_durations(string text)
    {
        Assert.False(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.Zero, duration);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(1, "1ms")]
    [InlineData(1_500, "1500ms")]
    [InlineData(5_000, "5s")]
    [InlineData(90_000, "90s")]
    [InlineData(120_000, "2min")]
    [InlineData(3_600_000, "1h")]
    [InlineData(86_400_000, "1d")]
    [InlineData(2_592_000_000, "30d")]
    [InlineData(-1_000, "-1s")]
    [InlineData(0.0001, "0.0001ms")]
    [InlineData(1_000.5, "1000.5ms")]
    public void It_is_written_in_the_largest_unit_that_keeps_it_whole(double milliseconds, string expected) =>
        Assert.Equal(expected, Durations.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_written_duration_is_read_back() =>
        Prop.ForAll<int, bool>((number, hasFractions) =>
        {
            TimeSpan duration = Math.Abs((long)number) * (hasFractions ? TimeSpan.FromTicks(1) : TimeSpan.FromMilliseconds(1));
            return Durations.TryParse(Durations.Format(duration), out TimeSpan read) && read == duration;
        }).QuickCheckThrowOnFailure();
}
