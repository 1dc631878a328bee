using QueryStream.TestKit;
using QueryStream.Web.Graphs;
using QueryStream.Web.Watching;

namespace QueryStream.Web.Tests;

/// <summary>Histories of figures.</summary>
public sealed class SeriesTests
{
    [Fact]
    public void A_series_keeps_the_last_values()
    {
        Series series = new(3);
        Assert.Empty(series.ToArray());
        foreach (int value in (int[])[1, 2, 3, 4])
        {
            series.Add(value);
        }

        Assert.Equal([2d, 3, 4], series.ToArray());
        series.Add(null);
        Assert.Equal([3d, 4, double.NaN], series.ToArray());
    }

    [Fact]
    public void A_rate_is_over_the_last_seconds_and_begins_anew_when_the_counter_does()
    {
        ManualTime time = new();
        RateMeter meter = new(time);
        double? Add(long value)
        {
            double? rate = meter.Add(value, time.GetTimestamp());
            time.Advance(TimeSpan.FromSeconds(1));
            return rate;
        }

        Assert.Null(Add(100));
        Assert.Equal(10, Add(110));
        Assert.Equal(20, Add(140));
        Assert.Equal(40d / 3, Add(140));
        Assert.Null(Add(5));
        Assert.Equal(1, Add(6));
    }

    [Fact]
    public void A_gap_splits_a_line_and_the_last_value_is_at_the_right_end()
    {
        (string Line, string Area)[] lines = [.. SparkPath.Of([1, double.NaN, 0, 2], capacity: 4, width: 300, height: 42)];
        Assert.Equal(["M0 21", "M200 41L300 1"], lines.Select(line => line.Line));
        Assert.Equal("M200 41L300 1L300 42L200 42Z", lines[1].Area);
        Assert.Empty(SparkPath.Of([], 4, 300, 42));
    }
}
