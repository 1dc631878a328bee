using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Streams.Tests.Batches;

public sealed class BatchTests
{
    private readonly record struct Row(long Number, int Other);

    [Fact]
    public void A_batch_has_its_rows_times_and_size()
    {
        Batch<Row> batch = Batch<Row>.Rent();
        batch.Add(new Row(1, 2), new EventTime(10));
        batch.Add(new Row(3, 4), new EventTime(5), payloadBytes: 100);
        Assert.Equal(2, batch.Count);
        Assert.Equal([new Row(1, 2), new Row(3, 4)], batch.Rows.ToArray());
        Assert.Equal([new EventTime(10), new EventTime(5)], batch.Times.ToArray());
        Assert.Equal((2 * 16) + 100, batch.Bytes);
        batch.Release();
    }

    [Fact]
    public void A_batch_is_full_at_its_limit()
    {
        Batch<Row> batch = Batch<Row>.Rent();
        for (int i = 0; i < Batch.MaxRows; i++)
        {
            Assert.False(batch.IsFull);
            batch.Add(new Row(i, i), new EventTime(i));
        }

        Assert.True(batch.IsFull);
        Assert.Equal(Batch.MaxRows, batch.Count);
        Assert.Throws<IndexOutOfRangeException>(() => batch.Add(default, default));
        batch.Release();
    }

    [Fact]
    public void A_batch_is_valid_until_its_last_release()
    {
        Batch<Row> batch = Batch<Row>.Rent();
        batch.Add(new Row(1, 1), new EventTime(1));
        batch.Retain();
        batch.Release();
        Assert.Equal(1, batch.Count);
        batch.Release();
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void One_release_too_many_is_refused()
    {
        // A separate row type, so that no other test rents this batch.
        Batch<(Row, byte)> batch = Batch<(Row, byte)>.Rent();
        batch.Release();
        Assert.Throws<InvalidOperationException>(batch.Release);
    }

    [Fact]
    public void A_released_batch_cannot_be_retained()
    {
        Batch<(Row, short)> batch = Batch<(Row, short)>.Rent();
        batch.Release();
        Assert.Throws<InvalidOperationException>(() => batch.Retain());
    }

    [Fact]
    public void A_recycled_batch_is_empty()
    {
        Batch<(Row, int)> first = Batch<(Row, int)>.Rent();
        first.Add((new Row(1, 1), 1), new EventTime(1), payloadBytes: 10);
        first.Release();
        Batch<(Row, int)> second = Batch<(Row, int)>.Rent();
        Assert.Same(first, second);
        Assert.Equal(0, second.Count);
        Assert.Equal(0, second.Bytes);
        Assert.True(second.Rows.IsEmpty);
        second.Release();
    }

    [Fact]
    public void The_pool_is_bounded_and_rents_each_batch_once()
    {
        HashSet<Batch<(Row, long)>> rented = [.. Enumerable.Range(0, 200).Select(_ => Batch<(Row, long)>.Rent())];
        Assert.Equal(200, rented.Count);
        foreach (Batch<(Row, long)> batch in rented)
        {
            batch.Release();
        }

        HashSet<Batch<(Row, long)>> again = [.. Enumerable.Range(0, 200).Select(_ => Batch<(Row, long)>.Rent())];
        Assert.Equal(200, again.Count);
        Assert.InRange(again.Count(rented.Contains), 1, 100);
    }

    [Fact]
    public void Releases_on_several_threads_recycle_a_batch_exactly_once()
    {
        const int Holders = 4;
        for (int round = 0; round < 2_000; round++)
        {
            Batch<(byte, Row)> batch = Batch<(byte, Row)>.Rent();
            batch.Add(default, default);
            for (int i = 1; i < Holders; i++)
            {
                batch.Retain();
            }

            // If a batch was returned twice, it would be rented twice.
            Parallel.For(0, Holders, _ => batch.Release());
            Batch<(byte, Row)> a = Batch<(byte, Row)>.Rent();
            Batch<(byte, Row)> b = Batch<(byte, Row)>.Rent();
            Assert.NotSame(a, b);
            Assert.Equal(0, a.Count);
            a.Release();
            b.Release();
        }
    }
}
