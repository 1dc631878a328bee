using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class RowAggregateTests
{
    private static readonly AggregateBuilder<int> Builder = default;

    [Fact]
    public void Rows_with_the_same_time_are_ordered_by_arrival()
    {
        Assert.Equal(3, FoldTimed(Builder.First(row => row), (1, 20), (3, 10), (2, 10)));
        Assert.Equal(5, FoldTimed(Builder.Last(row => row), (4, 20), (5, 20), (2, 10)));
        Assert.Equal([3, 2, 1], FoldTimed(Builder.Collect(), (1, 20), (3, 10), (2, 10)));
    }

    [Fact]
    public void Ties_are_ordered_by_event_time()
    {
        Assert.Equal([31, 12, 11], FoldTimed(Builder.Top(3, row => row / 10), (11, 20), (12, 10), (13, 20), (31, 50), (2, 0)));
        Assert.Equal([2, 12], FoldTimed(Builder.Bottom(2, row => row / 10), (11, 20), (12, 10), (31, 50), (2, 0)));
    }

    [Fact]
    public void The_overloads_for_whole_numbers_are_exact_where_doubles_are_not()
    {
        AggregateBuilder<long> builder = default;
        long[] rows = [9_007_199_254_740_993, 0, 1];
        Assert.Equal(9_007_199_254_740_994, builder.Sum(row => row).Fold(rows));
        Assert.Equal(9_007_199_254_740_993, builder.Max(row => row).Fold(rows));
        Assert.Equal(long.MaxValue, builder.Average(row => row).Fold(long.MaxValue, long.MaxValue, long.MaxValue));
    }

    [Fact]
    public void A_sum_that_does_not_fit_its_type_is_null_until_it_fits_again()
    {
        Aggregate<long, IntegerSumState, long?> integers = default(AggregateBuilder<long>).Sum(row => row);
        Assert.Null(integers.Fold(long.MaxValue, 1));
        Assert.Equal(long.MaxValue, integers.Fold(long.MaxValue, 1, -1));

        AggregateBuilder<decimal> decimals = default;
        foreach (decimal max in (decimal[])[decimal.MaxValue, decimal.MinValue])
        {
            Assert.Null(decimals.Sum(row => row).Fold(max, max, max));
            Assert.Equal(max, decimals.Sum(row => row).Fold(max, max, max, -max, -max));
            Assert.InRange(Math.Abs(decimals.Average(row => row).Fold(max, max, max)!.Value - max), 0, 10);
            Assert.Equal(max, decimals.Sum(row => row).FoldAnyhow([(max, 1), (max, 2), (-max, 3), (max, 4), (-max, 5)], seed: 3));
        }
    }

    [Fact]
    public void Without_rows_there_is_no_result()
    {
        Assert.Null(Builder.Sum(row => (long?)row).Fold());
        Assert.Null(Builder.Average(row => (decimal?)row).Fold());
        Assert.Null(Builder.Min(row => (decimal?)row).Fold());
        Assert.Empty(Builder.Collect().Fold());
        Assert.Empty(Builder.Top(3, row => row).Fold());
        Assert.Equal(0, Builder.CountDistinct(row => row).Fold());
    }

    [Fact]
    public void Distinct_numbers_are_compared_like_keys()
    {
        Assert.Equal(2, default(AggregateBuilder<double>).CountDistinct(row => row).Fold(0.0, -0.0, double.NaN, -double.NaN));
        Assert.Equal(1, default(AggregateBuilder<decimal>).CountDistinct(row => row).Fold(1.0m, 1.00m));
        Assert.Throws<JobDefinitionException>(() => default(AggregateBuilder<Version>).CountDistinct(row => row));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_001)]
    public void An_impossible_number_of_top_rows_is_refused(int count) =>
        Assert.Contains($"{count}", Assert.Throws<JobDefinitionException>(() => Builder.Top(count, row => row)).Message, StringComparison.Ordinal);

    private static TOut FoldTimed<TAccumulator, TOut>(Aggregate<int, TAccumulator, TOut> aggregate, params (int Row, long Time)[] rows)
        where TAccumulator : struct
    {
        TAccumulator accumulator = default;
        foreach ((int row, long time) in rows)
        {
            aggregate.Add(ref accumulator, row, new EventTime(time));
        }

        return aggregate.Result(ref accumulator, isFinal: true);
    }
}
