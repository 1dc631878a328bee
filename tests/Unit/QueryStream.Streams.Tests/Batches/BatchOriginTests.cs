using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Tests.Batches;

public sealed class BatchOriginTests
{
    private readonly BatchOrigin _origin = new();

    [Fact]
    public void Filtered_rows_keep_their_records()
    {
        BatchOrigin source = Source();
        BatchOrigin first = Choose(source, 1, 4, 5, 6);
        BatchOrigin second = Choose(first, 0, 2, 3);
        Assert.Equal([11L, 71L, 72L], Enumerable.Range(0, 3).Select(row => second.At(row)!.Value.First));
        _origin.CopyFrom(second);
        Assert.Equal("offset 71 of split b", _origin.At(1).ToString());
        Assert.Equal("offsets 10 to 13 of split a or offsets 70 to 72 of split b", _origin.ToString());
    }

    [Fact]
    public void Rows_of_several_batches_have_a_range_for_each_split()
    {
        _origin.Widen(Source());
        _origin.Add(new OriginRun("a", 0, 5, 20, 24, false));
        Assert.True(_origin.IsRange);
        Assert.Null(_origin.At(0));
        Assert.Equal("offsets 10 to 24 of split a or offsets 70 to 72 of split b", _origin.ToString());
    }

    [Fact]
    public void A_range_of_one_record_is_that_record()
    {
        _origin.Widen(new OriginRun("a", 0, 1, 10, 10, false));
        Assert.Equal("offset 10 of split a", _origin.At(5).ToString());
        _origin.Widen(record: null);
        Assert.Null(_origin.At(5));
        Assert.Equal("offset 10 of split a or others", _origin.ToString());
    }

    [Fact]
    public void Rows_of_unknown_origin_are_reported_as_others()
    {
        _origin.Widen(Source());
        _origin.Widen(new BatchOrigin());
        Assert.EndsWith(" or others", _origin.ToString(), StringComparison.Ordinal);
        Assert.Equal("", new BatchOrigin().ToString());
    }

    [Fact]
    public void Of_many_splits_only_the_first_are_reported()
    {
        for (int split = 0; split < 6; split++)
        {
            _origin.Widen(new OriginRun($"s{split}", split, 1, 5, 5, true));
        }

        Assert.Equal("line 5 of s0 or line 5 of s1 or line 5 of s2 or line 5 of s3 or others", _origin.ToString());
    }

    [Fact]
    public void A_batch_with_many_gaps_has_ranges()
    {
        for (int run = 0; run < 100; run++)
        {
            _origin.Add(new OriginRun("a", 0, 2, run * 10, (run * 10) + 1, false));
        }

        Assert.Null(_origin.At(3));
        Assert.Equal("offsets 0 to 991 of split a", _origin.ToString());
    }

    [Fact]
    public void A_pooled_batch_has_no_origin()
    {
        Batch<int> batch = Batch<int>.Rent();
        batch.Add(1, default);
        batch.Origin.CopyFrom(Choose(Source(), 2));
        batch.Release();
        batch = Batch<int>.Rent();
        Assert.Null(batch.Origin.At(0));
        Assert.Equal("", batch.Origin.ToString());
        batch.Release();
    }

    private static BatchOrigin Source()
    {
        BatchOrigin origin = new();
        origin.Add(new OriginRun("a", 0, 4, 10, 13, false));
        origin.Add(new OriginRun("b", 1, 3, 70, 72, false));
        return origin;
    }

    private static BatchOrigin Choose(BatchOrigin from, params ushort[] rows)
    {
        BatchOrigin origin = new();
        rows.CopyTo(origin.RoomForChosen());
        origin.Choose(from, rows.Length);
        return origin;
    }
}
