using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Jobs;

public sealed class RowPositionTests
{
    [Theory]
    [InlineData(7, 9, "at offset 8 of split names.csv")]
    [InlineData(7, 20, "at row 2 of 3 of a batch of split names.csv, offsets 7 to 20")]
    [InlineData(7, long.MaxValue - 1, "at row 2 of 3 of a batch of split names.csv, from offset 7 to its end")]
    public void A_position_is_described_as_exactly_as_the_batch_knows_it(long first, long last, string expected)
    {
        BatchHeader header = BatchHeader.None with { Split = 0, FirstOffset = first, LastOffset = last };
        Assert.Equal(expected, new RowPosition(header, Row: 1, Count: 3).Describe(["names.csv"]));
    }
}
