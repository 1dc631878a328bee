using System.Globalization;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Tests.Aggregates;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Tests.Windows;

public sealed class WindowResultTests
{
    private static readonly Window Second = new(new EventTime(0), new EventTime(1000));

    [Fact]
    public void A_result_is_printed_in_one_short_line()
    {
        Assert.Equal(
            "tea: 7 (1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z)", $"{new WindowResult<string, long>("tea", Second, Pane.OnTime, 7)}");
        Assert.Equal(
            "7 (1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z, early)", $"{new WindowResult<Unit, long>(default, Second, Pane.Early, 7)}");
        Assert.EndsWith(", update)", $"{new WindowResult<Unit, long>(default, Second, Pane.Update, 7)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_by_group_are_printed_up_to_ten_groups()
    {
        AggregateBuilder<int> rows = default;
        Assert.Equal("2 groups: a 2, b 1", rows.CountBy(row => Text.From(row < 2 ? "a" : "b")).Fold(0, 1, 2).ToString());
        Assert.Equal("0 groups: ", rows.CountBy(row => Text.From("a")).Fold().ToString());
        Assert.EndsWith(
            ", 9 1, …", rows.CountBy(row => Text.From(row.ToString(CultureInfo.InvariantCulture))).Fold(Enumerable.Range(0, 12)).ToString(),
            StringComparison.Ordinal);
    }
}
