using FsCheck;
using FsCheck.Fluent;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class DoubleAggregateTests
{
    private static readonly AggregateBuilder<double?> Rows = default;
    private static readonly Aggregate<double?, DoubleSumState, double?> Average = Rows.Average(row => row);
    private static readonly Aggregate<double?, DoubleMinMaxState, double?> Min = Rows.Min(row => row);
    private static readonly Aggregate<double?, DoubleMinMaxState, double?> Max = Rows.Max(row => row);

    [Fact]
    public void The_average_ignores_missing_values() =>
        Prop.ForAll<int?[], byte, int>((values, parts, seed) =>
        {
            double?[] rows = [.. values.Select(value => (double?)value)];
            double? expected = values.Average();
            return Near(expected, Average.Fold(rows)) && Near(expected, Average.FoldInParts(rows, parts % 8, (ulong)seed));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_extremes_ignore_missing_values() =>
        Prop.ForAll<int?[], byte, int>((values, parts, seed) =>
        {
            double?[] rows = [.. values.Select(value => (double?)value)];
            return Min.Fold(rows) == values.Min() && Min.FoldInParts(rows, parts % 8, (ulong)seed) == values.Min()
                && Max.Fold(rows) == values.Max() && Max.FoldInParts(rows, parts % 8, (ulong)seed) == values.Max();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_a_value_there_is_no_result()
    {
        Assert.Null(Average.Fold());
        Assert.Null(Average.Fold(null, null));
        Assert.Null(Min.Fold(null, null));
        Assert.Null(Max.Fold());
    }

    [Fact]
    public void Zero_is_a_value()
    {
        Assert.Equal(0, Average.Fold(0, null));
        Assert.Equal(0, Min.Fold(null, 0));
        Assert.Equal(0, Max.Fold(0, -1));
    }

    [Fact]
    public void NaN_is_ignored_at_every_position()
    {
        foreach (double?[] rows in (double?[][])[[double.NaN, 1, 3], [1, double.NaN, 3], [1, 3, double.NaN]])
        {
            Assert.Equal(2, Average.Fold(rows));
            Assert.Equal(1, Min.Fold(rows));
            Assert.Equal(3, Max.Fold(rows));
        }
    }

    [Fact]
    public void Infinity_is_an_extreme()
    {
        Assert.Equal(double.NegativeInfinity, Min.Fold(1, double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, Max.Fold(double.PositiveInfinity, 1));
    }

    private static bool Near(double? expected, double? actual) =>
        expected.HasValue == actual.HasValue
            && Math.Abs(expected.GetValueOrDefault() - actual.GetValueOrDefault()) <= 1e-9 * Math.Abs(expected.GetValueOrDefault());
}
