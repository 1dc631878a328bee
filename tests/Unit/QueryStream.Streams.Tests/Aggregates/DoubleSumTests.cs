using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

/// <summary>Compares with integer sums of arbitrary size in units of 2^-1074, of which every finite double is a multiple.</summary>
public sealed class DoubleSumTests
{
    private static readonly AggregateBuilder<double> Rows = default;

    // Doubles with uniformly distributed exponents, and huge ones whose sums leave the range of doubles.
    private static readonly Arbitrary<double[]> Numbers = Gen.OneOf(Number(0, 2047), Number(1020, 1030), Number(2040, 2047)).ArrayOf().ToArbitrary();

    [Fact]
    public void A_sum_is_as_exact_as_its_documentation_says_in_any_order() => Holds((rows, sum, absolute, seed) =>
    {
        double? result = Rows.Sum(row => row).FoldAnyhow(Timed(rows), seed);
        BigInteger allowed = (BigInteger.Abs(sum) >> 53) + ((rows.Length * (BigInteger)rows.Length * absolute) >> 104) + 1;
        return rows.Length == 0 ? result is null
            : result is { } finite ? BigInteger.Abs(Exact(finite) - sum) <= allowed
            : BigInteger.Abs(sum) + allowed > Exact(double.MaxValue);
    });

    [Fact]
    public void An_average_is_as_exact_and_never_missing() => Holds((rows, sum, absolute, seed) =>
    {
        double? result = Rows.Average(row => row).FoldAnyhow(Timed(rows), seed);
        BigInteger allowed = (BigInteger.Abs(sum) >> 51) + ((rows.Length * (BigInteger)rows.Length * absolute) >> 104) + (2 * rows.Length);
        return rows.Length == 0 ? result is null : result is { } finite && BigInteger.Abs((Exact(finite) * rows.Length) - sum) <= allowed;
    });

    [Fact]
    public void Rounding_errors_of_additions_are_not_lost()
    {
        Assert.Equal(1, Rows.Sum(row => row).Fold(1e16, 1, -1e16));
        Assert.Equal(0.5, Rows.Average(row => row).Fold(1e100, 1, -1e100, 1));
        Assert.Equal(1, Rows.Sum(row => row).FoldAnyhow([(1e16, 1), (1, 2), (-1e16, 3)], seed: 1));
    }

    [Fact]
    public void An_average_exists_even_if_the_sum_leaves_the_range_of_doubles()
    {
        Assert.Equal(1.7e308, Rows.Average(row => row).Fold(1.7e308, 1.7e308));
        Assert.Equal(-double.MaxValue, Rows.Average(row => row).Fold(Enumerable.Repeat(-double.MaxValue, 1000)));
        Assert.Null(Rows.Sum(row => row).Fold(1.7e308, 1.7e308));
        Assert.Equal(1.7e308, Rows.Sum(row => row).Fold(1.7e308, 1.7e308, -1.7e308));
    }

    [Fact]
    public void A_sum_and_an_average_with_an_infinite_value_are_null()
    {
        Assert.Null(Rows.Sum(row => row).Fold(1, double.PositiveInfinity, 1));
        Assert.Null(Rows.Average(row => row).Fold(double.NegativeInfinity, double.PositiveInfinity));
        Assert.Null(Rows.Average(row => row).FoldAnyhow([(1, 1), (double.PositiveInfinity, 2), (double.MaxValue, 3), (double.MaxValue, 4)], seed: 5));
    }

    private static Gen<double> Number(int lowestExponent, int highestExponent) =>
        from exponent in Gen.Choose(lowestExponent, highestExponent - 1)
        from high in Gen.Choose(0, (1 << 20) - 1)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        from sign in Gen.Choose(0, 1)
        select BitConverter.Int64BitsToDouble(((long)sign << 63) | ((long)exponent << 52) | ((long)high << 32) | (uint)low);

    private static (double Row, long Time)[] Timed(double[] rows) => [.. rows.Select((row, index) => (row, (long)index))];

    private static BigInteger Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) & 2047;
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -mantissa : mantissa) << Math.Max(0, exponent - 1);
    }

    private static void Holds(Func<double[], BigInteger, BigInteger, ulong, bool> check) =>
        Prop.ForAll(Numbers, Gen.Choose(0, int.MaxValue).ToArbitrary(), (rows, seed) =>
        {
            // Pairs that cancel out leave the small values.
            double[] all = seed % 2 == 0 ? rows : [.. rows, .. rows.Skip(1).Select(row => -row)];
            BigInteger sum = all.Aggregate(BigInteger.Zero, (total, row) => total + Exact(row));
            BigInteger absolute = all.Aggregate(BigInteger.Zero, (total, row) => total + BigInteger.Abs(Exact(row)));
            return check(all, sum, absolute, (ulong)seed);
        }).QuickCheckThrowOnFailure();
}
