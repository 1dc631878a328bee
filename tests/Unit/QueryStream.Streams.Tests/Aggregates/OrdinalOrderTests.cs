using System.Globalization;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

/// <summary>The order of strings does not depend on the culture.</summary>
public sealed class OrdinalOrderTests : IDisposable
{
    private static readonly string[] Words = ["Zebra", "apple", "aa", "äb", "az", "co-op", "coop", "ı", "I", "z\u00ad", "z"];

    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public static TheoryData<string> Cultures => ["", "en-US", "da-DK", "sv-SE", "tr-TR"];

    public void Dispose() => CultureInfo.CurrentCulture = _before;

    [Theory]
    [MemberData(nameof(Cultures))]
    public void Extremes_and_top_rows_of_strings_are_ordinal(string culture)
    {
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        AggregateBuilder<string> rows = default;
        Assert.Equal("I", rows.MinOf(row => row).Fold(Words));
        Assert.Equal("ı", rows.MaxOf(row => row).Fold(Words));
        Assert.Equal(["ı", "äb", "z\u00ad"], rows.Top(3, row => row).Fold(Words));
        Assert.Equal(["I", "Zebra", "aa"], rows.Bottom(3, row => row).Fold(Words));
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void Strings_within_tuples_are_ordinal(string culture)
    {
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        AggregateBuilder<string> rows = default;
        Assert.Equal((1, "I"), rows.MinOf(row => (1, row)).Fold(Words));
        Assert.Equal(("ı", (2, null)), rows.MaxOf(row => (row, (2, (string?)null))).Fold(Words));
        Assert.Equal(["I", "Zebra"], rows.Bottom(2, row => (1, 2, 3, 4, 5, 6, 7, row)).Fold(Words));
        Assert.Equal("Zebra", rows.MinOf(row => (row.Length == 5 ? 0 : 1, row)).Fold(Words).row);
    }

    [Fact]
    public void A_row_whose_value_is_null_comes_first() =>
        Assert.Equal([null, "a"], default(AggregateBuilder<string?>).Bottom(2, row => row!).Fold("b", null, "a"));
}
