using QueryStream.Core.Time;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class CountTests
{
    private static readonly AggregateBuilder<int> Rows = default;

    [Fact]
    public void Rows_are_counted() =>
        Prop.ForAll<int[], byte, int>((rows, parts, seed) =>
            Rows.Count().Fold(rows) == rows.Length
            && Rows.Count().FoldInParts(rows, parts % 8, (ulong)seed) == rows.Length).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_rows_that_meet_the_condition_are_counted() =>
        Prop.ForAll<int[], byte, int>((rows, parts, seed) =>
            Rows.CountIf(row => row > 0).FoldInParts(rows, parts % 8, (ulong)seed) == rows.Count(row => row > 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_rows_the_count_is_zero() => Assert.Equal(0, Rows.Count().Fold());

    [Fact]
    public void A_batch_is_folded_like_its_rows()
    {
        Aggregate<int, long, long> count = Rows.CountIf(row => row != 3);
        long[] accumulators = new long[3];
        count.AddBatch(new SlotAccumulators<long>(accumulators, [0, 1, 0, 2, 2]), [1, 2, 3, 4, 5], new EventTime[5]);
        Assert.Equal([1, 1, 2], accumulators);
    }
}
