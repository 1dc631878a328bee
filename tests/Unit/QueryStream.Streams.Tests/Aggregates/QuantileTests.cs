using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class QuantileTests
{
    private const double Error = 0.01;

    private static readonly AggregateBuilder<double> Rows = default;

    public static TheoryData<string> Distributions =>
    [
        "uniform", "whole numbers", "exponential", "heavy tail", "constant", "two points", "zeros", "almost all zeros", "negative", "both signs",
        "symmetric", "huge range", "tiny", "largest", "ends of buckets", "ascending", "descending", "one value",
    ];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Every_quantile_is_within_the_error_of_the_nearest_rank(string distribution)
    {
        double[] values = Values(distribution);
        double[] sorted = [.. values.Order()];
        foreach (double quantile in (double[])[0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1])
        {
            double exact = NearestRank(sorted, quantile);
            double? estimate = Rows.Quantile(value => value, quantile).Fold(values);
            Assert.True(IsWithin(Error, exact, estimate), $"{distribution}, {quantile}: {estimate:R} instead of {exact:R}");
        }
    }

    [Fact]
    public void Any_numbers_are_within_the_error_whatever_they_are_and_however_they_are_merged() =>
        Prop.ForAll<NormalFloat[], byte, int>((numbers, percent, seed) =>
        {
            double[] values = [.. numbers.Select(number => Math.Abs(number.Get) < 1e-300 ? 0 : number.Get)];
            double quantile = percent % 101 / 100.0;
            double? whole = Rows.Quantile(value => value, quantile).Fold(values);
            double? merged = Rows.Quantile(value => value, quantile).FoldInParts(values, percent % 5, (ulong)seed);
            return whole == merged && (values.Length == 0 ? whole is null : IsWithin(Error, NearestRank([.. values.Order()], quantile), whole));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Another_error_is_kept_too(double error)
    {
        double[] values = Values("heavy tail");
        double exact = NearestRank([.. values.Order()], 0.95);
        Assert.True(IsWithin(error, exact, Rows.Quantile(value => value, 0.95, error).Fold(values)));
    }

    [Fact]
    public void The_minimum_and_maximum_are_exact()
    {
        double[] values = Values("both signs");
        Assert.Equal(values.Min(), Rows.Quantile(value => value, 0).Fold(values)!.Value, 0.01 * Math.Abs(values.Min()));
        Assert.InRange(Rows.Quantile(value => value, 1).Fold(values)!.Value, values.Min(), values.Max());
        Assert.Equal(3, Rows.Quantile(value => value, 0.5).Fold(3.0));
        Assert.Equal(-3, Rows.Quantile(value => value, 0.5).Fold(-3.0));
    }

    [Fact]
    public void A_rank_is_not_missed_by_a_rounding_error()
    {
        // 0.07 · 100 is 7.000000000000001 in binary, and 0.29 · 100 is 28.999999999999996.
        double[] values = [.. Enumerable.Range(0, 100).Select(i => Math.Pow(2, i))];
        Assert.True(IsWithin(Error, Math.Pow(2, 6), Rows.Quantile(value => value, 0.07).Fold(values)));
        Assert.True(IsWithin(Error, Math.Pow(2, 28), Rows.Quantile(value => value, 0.29).Fold(values)));
    }

    [Fact]
    public void Infinity_takes_the_outermost_ranks_and_harms_no_other()
    {
        double[] values = [1, 2, 3, double.PositiveInfinity, double.NegativeInfinity];
        Assert.True(IsWithin(Error, 2, Rows.Quantile(value => value, 0.6).Fold(values)));
        Assert.True(Rows.Quantile(value => value, 1).Fold(values) > 1e300);
        Assert.True(Rows.Quantile(value => value, 0).Fold(values) < -1e300);
    }

    [Fact]
    public void NaN_and_missing_values_do_not_count()
    {
        Aggregate<double?, QuantileState, double?> median = default(AggregateBuilder<double?>).Quantile(value => value, 0.5);
        Assert.True(IsWithin(Error, 2, median.Fold(null, 1, double.NaN, 2, 3, null)));
        Assert.Null(median.Fold(null, double.NaN));
        Assert.Null(median.Fold());
    }

    [Fact]
    public void A_result_may_be_read_between_values()
    {
        Aggregate<double, QuantileState, double?> median = Rows.Quantile(value => value, 0.5);
        QuantileState state = default;
        median.Add(ref state, 10);
        Assert.Equal(10, median.Result(ref state, isFinal: false));
        median.Add(ref state, 1000);
        median.Add(ref state, 1000);
        Assert.True(IsWithin(Error, 1000, median.Result(ref state, isFinal: true)));
        Assert.InRange(median.SizeOf(state), 100, 100_000);
    }

    [Theory]
    [InlineData(-0.01, 0.01)]
    [InlineData(1.01, 0.01)]
    [InlineData(double.NaN, 0.01)]
    [InlineData(0.5, 0)]
    [InlineData(0.5, 0.51)]
    [InlineData(0.5, double.NaN)]
    public void An_impossible_quantile_is_refused_by_the_definition(double quantile, double error) =>
        Assert.Throws<JobDefinitionException>(() => Rows.Quantile(value => value, quantile, error));

    private static bool IsWithin(double error, double exact, double? estimate) =>
        estimate.HasValue && Math.Abs(estimate.Value - exact) <= error * Math.Abs(exact);

    private static double NearestRank(double[] sorted, double quantile) =>
        sorted[Math.Clamp((int)Math.Ceiling((decimal)quantile * sorted.Length), 1, sorted.Length) - 1];

    private static double[] Values(string distribution)
    {
        SeededRandom random = new(7);
        double growth = (1 + Error) / (1 - Error);
        return [.. Enumerable.Range(0, distribution == "one value" ? 1 : 2_003).Select(i => distribution switch
        {
            "uniform" => 1 + (999 * random.NextDouble()),
            "whole numbers" => 1 + random.Next(500),
            "exponential" => -40 * Math.Log(1 - random.NextDouble()),
            "heavy tail" => Math.Pow(1 - random.NextDouble(), -2),
            "constant" => 41.25,
            "two points" => i % 2 == 0 ? 1 : 1_000_000,
            "zeros" => 0,
            "almost all zeros" => i % 100 == 0 ? i : 0,
            "negative" => -1 - (999 * random.NextDouble()),
            "both signs" => 2000 * (random.NextDouble() - 0.5),
            "symmetric" => i - 1001,
            "huge range" => Math.Pow(10, (random.NextDouble() * 560) - 280),
            "tiny" => 1e-299 * (1 + random.NextDouble()),
            "largest" => double.MaxValue * (1 - (random.NextDouble() * 0.05)),
            "ends of buckets" => Math.Pow(growth, random.Next(400) - 200) * (1 + ((random.Next(3) - 1) * 1e-16)),
            "ascending" => i,
            "descending" => 2003 - i,
            _ => -7.5,
        })];
    }
}
