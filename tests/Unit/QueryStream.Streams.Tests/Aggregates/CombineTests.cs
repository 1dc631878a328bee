using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class CombineTests
{
    private static readonly Aggregate<int, long, long> Count = default(AggregateBuilder<int>).Count();
    private static readonly Aggregate<int, DoubleMinMaxState, double?> Max = default(AggregateBuilder<int>).Max(row => (double?)row);
    private static readonly Aggregate<int, DoubleMinMaxState, double?> Min = default(AggregateBuilder<int>).Min(row => (double?)row);
    private static readonly Aggregate<int, DistinctTextState, long> Distinct = default(AggregateBuilder<int>)
        .CountDistinct(row => Text.From($"{row}"));
    private static readonly Aggregate<int, QuantileState, double?> Median = default(AggregateBuilder<int>).Quantile(row => row, 0.5);

    [Fact]
    public void Several_aggregates_at_once_give_what_each_gives_alone() =>
        Prop.ForAll<int[], byte, int>((rows, parts, seed) =>
        {
            int count = parts % 5;
            ulong order = (ulong)seed;
            (long, double?, double?, long, double?) each = (Count.Fold(rows), Max.Fold(rows), Min.Fold(rows), Distinct.Fold(rows), Median.Fold(rows));
            return Combine.Of(Count, Max).FoldInParts(rows, count, order) == (each.Item1, each.Item2)
                && Combine.Of(Count, Max, Min).FoldInParts(rows, count, order) == (each.Item1, each.Item2, each.Item3)
                && Combine.Of(Count, Max, Min, Distinct).FoldInParts(rows, count, order) == (each.Item1, each.Item2, each.Item3, each.Item4)
                && Combine.Of(Count, Max, Min, Distinct, Median).FoldInParts(rows, count, order) == each;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_size_of_a_combination_is_the_sum_of_its_parts()
    {
        Aggregate<int, ((DistinctTextState, QuantileState), DistinctTextState), (long, double?, long)> combined =
            Combine.Of(Distinct, Median, Distinct);
        ((DistinctTextState, QuantileState), DistinctTextState) accumulator = default;
        Assert.Equal(0, combined.SizeOf(accumulator));
        combined.Add(ref accumulator, 5);
        Assert.Equal((2 * Distinct.SizeOf(accumulator.Item2)) + Median.SizeOf(accumulator.Item1.Item2), combined.SizeOf(accumulator));
    }

    [Fact]
    public void A_final_result_is_final_for_every_part()
    {
        Aggregate<int, GroupCountState, GroupCounts> groups = default(AggregateBuilder<int>).CountBy(row => Text.From($"{row}"));
        Aggregate<int, (long, GroupCountState), (long, GroupCounts)> combined = Combine.Of(Count, groups);
        (long, GroupCountState) accumulator = default;
        combined.Add(ref accumulator, 5);
        combined.Result(ref accumulator, isFinal: false);
        Assert.True(combined.Result(ref accumulator, isFinal: true).Item2.IsNew(0));
        Assert.False(combined.Result(ref accumulator, isFinal: true).Item2.IsNew(0));
    }
}
