using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Tests.Connectors;

public sealed class SourceBatchTests
{
    private readonly SourceBatch<long> _batch = new(row => new EventTime(row));

    [Fact]
    public void Rows_are_grouped_into_runs_by_split()
    {
        _batch.BeginSplit(0);
        _batch.TryAdd(5, default, offset: 100);
        _batch.TryAdd(3, default, offset: 101);
        _batch.BeginSplit(2);
        _batch.TryAdd(9, default, offset: 7);
        _batch.Complete();
        Assert.Equal([new SplitRun(0, 2, new EventTime(5), 101), new SplitRun(2, 1, new EventTime(9), 7)], _batch.Runs);
        Assert.Equal(3, _batch.Count);
        Assert.Equal(3, _batch.RecordsRead);
        Batch<long> rows = _batch.TakeRows();
        Assert.Equal([5, 3, 9], rows.Rows.ToArray());
        Assert.Equal([new EventTime(5), new EventTime(3), new EventTime(9)], rows.Times.ToArray());
        rows.Release();
        Assert.Equal(0, _batch.Count);
    }

    [Fact]
    public void Without_a_function_the_records_own_time_counts()
    {
        SourceBatch<long> batch = new(null);
        batch.BeginSplit(0);
        batch.TryAdd(5, new EventTime(77), offset: 1);
        batch.Complete();
        Assert.Equal(new EventTime(77), Assert.Single(batch.Runs).MaxTime);
    }

    [Fact]
    public void A_time_out_of_range_is_refused_and_counted_once()
    {
        _batch.Earliest = new EventTime(0);
        _batch.Latest = new EventTime(10);
        _batch.BeginSplit(0);
        Assert.True(_batch.TryAdd(0, default, 1));
        Assert.True(_batch.TryAdd(10, default, 2));
        Assert.False(_batch.TryAdd(-1, default, 3));
        _batch.AddDeadLetter(new DeadLetter("t", 0, 3, "time", "", null), refusedByTime: true);
        Assert.False(_batch.TryAdd(11, default, 4));
        _batch.AddDeadLetter(new DeadLetter("t", 0, 4, "time", "", null), refusedByTime: true);
        _batch.AddDeadLetter(new DeadLetter("t", 0, 5, "json", "", null));
        _batch.Complete();
        Assert.Equal(5, _batch.RecordsRead);
        Assert.Equal(2, _batch.Count);
        Assert.Equal(3, _batch.DeadLetters.Count);
        Assert.Equal(new SplitRun(0, 2, new EventTime(10), 5), Assert.Single(_batch.Runs));
    }

    [Fact]
    public void A_split_with_only_dead_letters_has_a_position()
    {
        _batch.BeginSplit(1);
        _batch.AddDeadLetter(new DeadLetter("t", 1, 9, "json", "", null));
        _batch.Complete();
        Assert.Equal(new SplitRun(1, 0, EventTime.MinValue, 9), Assert.Single(_batch.Runs));
    }

    [Fact]
    public void A_split_without_a_record_has_no_run()
    {
        _batch.BeginSplit(0);
        _batch.BeginSplit(1);
        _batch.Complete();
        Assert.Empty(_batch.Runs);
    }

    [Fact]
    public void Ends_of_splits_are_kept_until_the_next_poll()
    {
        _batch.ConfirmEnd(0, new EventTime(50));
        _batch.EndSplit(1);
        Assert.Equal([new SplitEnd(0, new EventTime(50), false), new SplitEnd(1, EventTime.MaxValue, true)], _batch.Ends);
        _batch.Reset();
        Assert.Empty(_batch.Ends);
        Assert.Empty(_batch.Runs);
        Assert.Empty(_batch.DeadLetters);
        Assert.Equal(0, _batch.RecordsRead);
    }

    [Fact]
    public void Each_row_has_its_record_despite_gaps()
    {
        long[] offsets = [100, 101, 102, 104, 106, 108, 109, 7];
        _batch.BeginSplit(0);
        foreach (long offset in offsets)
        {
            _batch.TryAdd(1, default, offset);
        }

        _batch.BeginSplit(1);
        _batch.TryAddLine(1, default, offset: 400, line: 17);
        _batch.Complete();
        Batch<long> rows = _batch.TakeRows(["zero", "one.csv"]);
        for (int row = 0; row < offsets.Length; row++)
        {
            Assert.Equal($"offset {offsets[row]} of split zero", rows.Origin.At(row).ToString());
        }

        Assert.Equal("line 17 of one.csv", rows.Origin.At(offsets.Length).ToString());
        Assert.Null(rows.Origin.At(offsets.Length + 1));
        rows.Release();
    }

    [Fact]
    public void A_function_of_event_times_that_throws_leaves_the_record_behind()
    {
        SourceBatch<long> batch = new(row => row == 5 ? throw new InvalidOperationException() : new EventTime(row));
        batch.BeginSplit(3);
        batch.TryAdd(4, default, offset: 10);
        Assert.Null(batch.CurrentRecord);
        Assert.Throws<InvalidOperationException>(() => batch.TryAdd(5, default, offset: 12));
        Assert.Equal(new OriginRun("", 3, 1, 12, 12, false), batch.CurrentRecord);
    }

    [Fact]
    public void A_record_is_named_from_its_beginning_until_its_row_its_dead_letter_or_its_passing()
    {
        _batch.BeginSplit(1);
        _batch.BeginRecord(7);
        Assert.Equal(new OriginRun("", 1, 1, 7, 7, false), _batch.CurrentRecord);
        Assert.False(_batch.IsTakingTime);
        _batch.TryAdd(1, default, offset: 7);
        Assert.Null(_batch.CurrentRecord);

        // The same offset in another split.
        _batch.BeginSplit(2);
        _batch.BeginRecord(7);
        Assert.Equal(new OriginRun("", 2, 1, 7, 7, false), _batch.CurrentRecord);
        _batch.AddDeadLetter(new DeadLetter("topic", 2, 7, "malformed", "", null));
        Assert.Null(_batch.CurrentRecord);
        _batch.BeginRecord(8);
        _batch.Pass(8);
        Assert.Null(_batch.CurrentRecord);
        _batch.BeginRecord(9);
        _batch.Complete();
        Assert.Null(_batch.CurrentRecord);
    }

    [Fact]
    public void It_is_full_when_its_batch_is()
    {
        _batch.BeginSplit(0);
        for (int i = 0; i < Batch.MaxRows; i++)
        {
            Assert.False(_batch.IsFull);
            _batch.TryAdd(i, default, i);
        }

        Assert.True(_batch.IsFull);
        _batch.TakeRows().Release();
        Assert.False(_batch.IsFull);
    }
}
