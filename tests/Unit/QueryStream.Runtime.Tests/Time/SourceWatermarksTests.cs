using QueryStream.Core.Time;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Tests.Time;

/// <summary>Out-of-orderness of 1,000 ms, idle after 2,000 ms, clock starting at 0.</summary>
public sealed class SourceWatermarksTests
{
    private readonly ControlLog _log = new();

    [Fact]
    public void The_watermark_is_the_highest_time_less_the_out_of_orderness_less_a_millisecond()
    {
        SourceWatermarks source = Source(splits: 1);
        Assert.Equal("w8999", Rows(source, 0, split: 0, time: 10_000));
        Assert.Equal("", Rows(source, 0, split: 0, time: 9_500));
        Assert.Equal("w9000", Rows(source, 0, split: 0, time: 10_001));
    }

    [Fact]
    public void The_watermark_is_the_minimum_over_the_splits()
    {
        SourceWatermarks source = Source(splits: 2);
        Assert.Equal("", Rows(source, 0, split: 0, time: 10_000));
        Assert.Equal("w3999", Rows(source, 0, split: 1, time: 5_000));
        Assert.Equal("w8999", Rows(source, 0, split: 1, time: 20_000));
    }

    [Fact]
    public void A_split_that_was_read_to_its_end_holds_back_until_nothing_has_come_for_a_while()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Assert.Equal("", Confirm(source, 1_000, split: 1));
        Assert.Equal("", Confirm(source, 1_999, split: 1));
        Assert.Equal("w8999", Confirm(source, 2_000, split: 1));
        Assert.Equal("w9999", Rows(source, 2_100, split: 0, time: 11_000));
    }

    [Fact]
    public void A_split_that_was_not_proven_read_to_its_end_holds_back_for_ever()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Assert.Equal("", Rows(source, 3_600_000, split: 0, time: 3_600_000));
        Assert.Equal(EventTime.MinValue, source.Current);
    }

    [Fact]
    public void A_record_makes_an_idle_split_count_again()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Confirm(source, 1_000, split: 1);
        Confirm(source, 2_000, split: 1);
        Assert.Equal("", Rows(source, 2_100, split: 1, time: 5_000));
        Assert.Equal("", Rows(source, 2_200, split: 0, time: 20_000));
        Assert.Equal("w18999", Rows(source, 2_300, split: 1, time: 30_000));
    }

    [Fact]
    public void When_all_splits_are_idle_the_source_is_idle_and_says_for_how_long_again_and_again()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Rows(source, 0, split: 1, time: 10_000);
        Confirm(source, 1_500, 0, 1);
        Assert.Equal("", Confirm(source, 2_000, split: 0));
        Assert.Equal([Idle(since: 2_000, until: 2_000)], Elements(source, 2_100, confirmed: [1]));
        Assert.Equal([Idle(since: 2_000, until: 2_400)], Elements(source, 2_400, confirmed: [0, 1]));
        Assert.Equal([Idle(since: 2_000, until: 2_400)], Elements(source, 2_500, confirmed: [0]));
        Assert.Empty(Elements(source, 2_600, confirmed: []));
    }

    [Fact]
    public void Splits_that_seem_to_become_idle_at_once_leave_the_minimum_in_the_order_of_their_last_records()
    {
        SourceWatermarks source = Source(splits: 3);
        Rows(source, 100, split: 0, time: 5_000);
        Rows(source, 200, split: 1, time: 10_000);
        Confirm(source, 1_500, 0, 1, 2);
        Assert.Equal("w8999 idle", Confirm(source, 2_500, 0, 1, 2));
    }

    [Fact]
    public void After_an_outage_of_all_the_earliest_watermark_counts()
    {
        SourceWatermarks source = Source(splits: 3);
        Rows(source, 100, split: 0, time: 5_000);
        Rows(source, 200, split: 1, time: 10_000);
        Confirm(source, 60_000, 0, 1, 2);
        Confirm(source, 61_000, 0, 1, 2);
        Assert.Equal("w3999 idle", Confirm(source, 62_000, 0, 1, 2));
    }

    [Fact]
    public void An_idle_source_is_active_before_its_first_row()
    {
        SourceWatermarks source = Source(splits: 1);
        Rows(source, 0, split: 0, time: 10_000);
        Confirm(source, 1_500, 0);
        Confirm(source, 2_500, 0);
        source.OnRecords([Run(0, 9_000)], new EventTime(2_600), _log);
        Assert.Equal("active", _log.TakeText());
        source.Advance(confirmed: false, new EventTime(2_600), _log);
        Assert.Equal("", _log.TakeText());
    }

    [Fact]
    public void Where_a_job_does_not_ask_for_it_silence_proves_nothing()
    {
        SourceWatermarks source = Source(splits: 1, advanceWhileIdle: false);
        Rows(source, 0, split: 0, time: 10_000);
        Confirm(source, 1_500, 0);
        Assert.Equal(
            [Control.Idle(new IdlePeriod(new EventTime(2_000), EventTime.MinValue, 1_000))], Elements(source, 2_500, confirmed: [0]));
    }

    [Fact]
    public void Where_nothing_is_ever_idle_a_split_always_counts()
    {
        SourceWatermarks source = new(2, TimeSpan.FromSeconds(1), null, advanceWhileIdle: true, new EventTime(0));
        Rows(source, 0, split: 0, time: 10_000);
        for (int now = 0; now < 100_000; now += 1_000)
        {
            Assert.Equal("", Confirm(source, now, 0, 1));
        }
    }

    [Fact]
    public void A_subtask_without_splits_is_idle_from_the_start_and_proves_nothing()
    {
        SourceWatermarks source = Source(splits: 0);
        source.Advance(confirmed: false, new EventTime(0), _log);
        Assert.Equal([Control.Idle(new IdlePeriod(EventTime.MinValue, EventTime.MaxValue, 1_000))], _log.Take());
        source.Advance(confirmed: false, new EventTime(60_000), _log);
        Assert.Empty(_log.Take());
    }

    [Fact]
    public void An_ended_split_leaves_the_minimum_for_good()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Rows(source, 0, split: 1, time: 5_000);
        Assert.Equal("w8999", End(source, 100, split: 1));
        Assert.Equal("w18999", Rows(source, 200, split: 0, time: 20_000));
    }

    [Fact]
    public void The_end_of_the_last_active_split_makes_the_source_idle()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Rows(source, 0, split: 1, time: 5_000);
        Confirm(source, 1_500, 0);
        Confirm(source, 2_500, 0);
        source.OnEnds([new SplitEnd(1, EventTime.MaxValue, IsFinal: true)], new EventTime(2_600));
        source.Advance(confirmed: true, new EventTime(2_600), _log);
        Assert.Equal([Control.Advance(new EventTime(8_999)), Idle(since: 2_600, until: 2_500)], _log.Take());
    }

    [Fact]
    public void After_an_outage_a_split_holds_back_until_it_was_seen_silent_again()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Rows(source, 0, split: 1, time: 10_000);
        Confirm(source, 500, split: 1);

        // No proof for a minute. The first one after it does not cover records that producers have held back meanwhile.
        Assert.Equal("", Rows(source, 60_000, split: 0, time: 70_000));
        Assert.Equal("", Confirm(source, 60_000, split: 1));
        Assert.Equal("", Confirm(source, 61_000, split: 1));
        Assert.Equal("w68999", Confirm(source, 62_000, split: 1));
    }

    [Fact]
    public void An_idle_split_whose_proofs_stop_counts_again()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        Rows(source, 0, split: 1, time: 10_000);
        Confirm(source, 1_000, split: 1);
        Confirm(source, 2_000, split: 1);
        Assert.Equal("w18999", Rows(source, 3_000, split: 0, time: 20_000));
        Assert.Equal("w28999", Rows(source, 4_000, split: 0, time: 30_000));
        Assert.Equal("", Rows(source, 4_001, split: 0, time: 40_000));
    }

    [Fact]
    public void An_idle_source_whose_proofs_stop_is_active_again()
    {
        SourceWatermarks source = Source(splits: 1);
        Rows(source, 0, split: 0, time: 10_000);
        Confirm(source, 1_000, 0);
        Assert.Equal("idle", Confirm(source, 2_000, 0));
        source.Advance(confirmed: false, new EventTime(4_000), _log);
        Assert.Equal("", _log.TakeText());
        source.Advance(confirmed: false, new EventTime(4_001), _log);
        Assert.Equal("active", _log.TakeText());
    }

    [Fact]
    public void A_proof_from_before_a_record_proves_nothing_after_it()
    {
        SourceWatermarks source = Source(splits: 1);
        Rows(source, 5_000, split: 0, time: 10_000);
        Assert.Equal("", Confirm(source, 4_000, 0));
        Assert.Equal("", Confirm(source, 6_999, 0));
        Assert.Equal("idle", Confirm(source, 7_000, 0));
    }

    [Fact]
    public void A_proof_that_comes_out_of_order_takes_nothing_back()
    {
        SourceWatermarks source = Source(splits: 1);
        Rows(source, 0, split: 0, time: 10_000);
        Confirm(source, 1_500, 0);
        Assert.Equal([Idle(since: 2_000, until: 2_500)], Elements(source, 2_500, confirmed: [0]));
        source.OnEnds([new SplitEnd(0, new EventTime(1_800), IsFinal: false)], new EventTime(2_600));
        source.Advance(confirmed: true, new EventTime(2_600), _log);
        Assert.Equal([Idle(since: 2_000, until: 2_500)], _log.Take());
    }

    [Fact]
    public void Dead_letters_alone_do_not_keep_a_split_from_being_idle()
    {
        SourceWatermarks source = Source(splits: 2);
        Rows(source, 0, split: 0, time: 10_000);
        for (int now = 500; now < 2_000; now += 500)
        {
            source.OnRecords([new SplitRun(1, 0, EventTime.MinValue, now)], new EventTime(now), _log);
            Assert.Equal("", Confirm(source, now, split: 1));
        }

        Assert.Equal("w8999", Confirm(source, 2_000, split: 1));
    }

    [Fact]
    public void A_new_split_is_waited_for_until_it_is_idle()
    {
        SourceWatermarks source = Source(splits: 1);
        Assert.Equal("w8999", Rows(source, 0, split: 0, time: 10_000));
        source.Add(new EventTime(100));
        Assert.Equal("", Rows(source, 200, split: 0, time: 20_000));
        Assert.Equal("", Rows(source, 1_000, split: 1, time: 9_500));
        Assert.Equal("w10999", Rows(source, 1_100, split: 1, time: 12_000));
        source.Add(new EventTime(1_200));
        Assert.Equal("", Rows(source, 1_300, split: 1, time: 30_000));
        Assert.Equal("", Confirm(source, 3_100, split: 2));
        Assert.Equal("w18999", Confirm(source, 3_200, split: 2));
    }

    [Fact]
    public void Where_splits_never_become_idle_an_empty_new_one_is_waited_for_ten_seconds_of_proven_silence()
    {
        SourceWatermarks source = new(1, TimeSpan.FromSeconds(1), idleAfter: null, advanceWhileIdle: true, new EventTime(0));
        Assert.Equal("w8999", Rows(source, 0, split: 0, time: 10_000));
        source.Add(new EventTime(0));
        for (long now = 1_000; now < 10_000; now += 1_000)
        {
            Assert.Equal("", Confirm(source, now, split: 1));
            Assert.Equal("", Rows(source, now, split: 0, time: 10_000 + now));
        }

        Assert.Equal("w17999", Confirm(source, 10_000, split: 1));

        // After its first row it behaves like the others.
        Assert.Equal("", Rows(source, 10_100, split: 1, time: 15_000));
        for (long now = 11_000; now < 40_000; now += 1_000)
        {
            Assert.Equal("", Confirm(source, now, split: 1));
        }

        Assert.Equal("", Rows(source, 40_000, split: 0, time: 60_000));
    }

    private static SourceWatermarks Source(int splits, bool advanceWhileIdle = true) =>
        new(splits, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), advanceWhileIdle, new EventTime(0));

    private static SplitRun Run(int split, long time) => new(split, 1, new EventTime(time), 0);

    private static Control Idle(long since, long until) => Control.Idle(new IdlePeriod(new EventTime(since), new EventTime(until), 1_000));

    private string Rows(SourceWatermarks source, long now, int split, long time)
    {
        source.OnRecords([Run(split, time)], new EventTime(now), _log);
        source.Advance(confirmed: false, new EventTime(now), _log);
        return _log.TakeText();
    }

    private string Confirm(SourceWatermarks source, long now, params int[] splits)
    {
        source.OnEnds([.. splits.Select(split => new SplitEnd(split, new EventTime(now), IsFinal: false))], new EventTime(now));
        source.Advance(confirmed: splits.Length > 0, new EventTime(now), _log);
        return _log.TakeText();
    }

    private string Confirm(SourceWatermarks source, long now, int split) => Confirm(source, now, [split]);

    private string End(SourceWatermarks source, long now, int split)
    {
        source.OnEnds([new SplitEnd(split, EventTime.MaxValue, IsFinal: true)], new EventTime(now));
        source.Advance(confirmed: true, new EventTime(now), _log);
        return _log.TakeText();
    }

    private List<Control> Elements(SourceWatermarks source, long now, int[] confirmed)
    {
        source.OnEnds([.. confirmed.Select(split => new SplitEnd(split, new EventTime(now), IsFinal: false))], new EventTime(now));
        source.Advance(confirmed.Length > 0, new EventTime(now), _log);
        return _log.Take();
    }
}
