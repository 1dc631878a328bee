using QueryStream.Core.Time;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Time;

public sealed class WatermarkCombinerTests
{
    private const long OutOfOrderness = 10;

    private static readonly Control Unproven = Control.Idle(new IdlePeriod(new EventTime(9_000), EventTime.MinValue, OutOfOrderness));

    private readonly ControlLog _log = new();

    [Fact]
    public void The_watermark_is_the_minimum_of_the_inputs()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Assert.Equal("", Watermark(combiner, 0, 5));
        Assert.Equal("w3", Watermark(combiner, 1, 3));
        Assert.Equal("w5", Watermark(combiner, 1, 9));
        Assert.Equal("w8", Watermark(combiner, 0, 8));
        Assert.Equal(new EventTime(8), combiner.Current);
    }

    [Fact]
    public void The_watermark_never_goes_back()
    {
        WatermarkCombiner combiner = new(1, risesWhileIdle: true);
        Assert.Equal("w5", Watermark(combiner, 0, 5));
        Assert.Equal("", Watermark(combiner, 0, 4));
        Assert.Equal("", Watermark(combiner, 0, 5));
        Assert.Equal("w6", Watermark(combiner, 0, 6));
    }

    [Fact]
    public void Negative_times_are_times_like_others()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, -5_000);
        Assert.Equal("w-7000", Watermark(combiner, 1, -7_000));
        Assert.Equal("w-5000", Watermark(combiner, 1, 0));
    }

    [Fact]
    public void An_idle_input_leaves_the_minimum()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 100);
        Assert.Equal("w100", Idle(combiner, 0, 1_000));
        Assert.Equal("w200", Watermark(combiner, 1, 200));
    }

    [Fact]
    public void An_input_that_never_said_anything_holds_the_watermark_back_until_it_is_idle()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Assert.Equal("", Watermark(combiner, 1, 100));
        Assert.Equal("w100", Idle(combiner, 0, 1_000));
    }

    [Fact]
    public void An_input_that_is_active_again_with_an_older_watermark_holds_the_watermark_where_it_is()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 1_000);
        Assert.Equal("", Active(combiner, 0));
        Assert.Equal("", Watermark(combiner, 1, 150));
        Assert.Equal("", Watermark(combiner, 0, 90));
        Assert.Equal("w110", Watermark(combiner, 0, 110));
    }

    [Fact]
    public void When_all_are_idle_that_is_said_once_and_the_watermark_stands_still()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 100);
        Assert.Equal("w100", Idle(combiner, 0, 1_000));
        Assert.Equal("idle", Idle(combiner, 1, 1_000));
        Assert.Equal("", Idle(combiner, 1, 1_000));
        Assert.Equal(new EventTime(100), combiner.Current);
    }

    [Fact]
    public void Proven_silence_of_all_raises_the_watermark_from_its_value_at_that_moment()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 1, 10_000);
        Assert.Equal("", Idle(combiner, 0, 10_300, since: 10_000));
        Assert.Equal("w400 idle", Idle(combiner, 1, 10_300, since: 10_000));
    }

    [Fact]
    public void An_input_that_has_long_been_idle_does_not_count_the_time_when_another_was_active()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);

        // The last proof of the first is older than the moment when the second falls silent.
        Idle(combiner, 1, 60_000);
        Assert.Equal(new EventTime(100), combiner.Current);
        Idle(combiner, 0, 60_200, since: 10_000);
        Assert.Equal(new EventTime(100), combiner.Current);
        Assert.Equal("w250 idle", Idle(combiner, 1, 60_150, since: 60_000));
    }

    [Fact]
    public void The_rise_ends_at_the_proof_less_the_out_of_orderness()
    {
        WatermarkCombiner combiner = new(1, risesWhileIdle: true);
        Watermark(combiner, 0, 9_980);
        Idle(combiner, 0, 10_000);
        Assert.Equal("w10080 idle", Idle(combiner, 0, 10_100, since: 10_000, outOfOrderness: 20));
        Assert.Equal("w10150 idle", Idle(combiner, 0, 10_200, since: 10_000, outOfOrderness: 50));
    }

    [Fact]
    public void A_watermark_ahead_of_the_clock_does_not_rise()
    {
        WatermarkCombiner combiner = new(1, risesWhileIdle: true);
        Watermark(combiner, 0, 50_000);
        Idle(combiner, 0, 10_000);
        Assert.Equal("idle", Idle(combiner, 0, 20_000, since: 10_000));
        Assert.Equal(new EventTime(50_000), combiner.Current);
    }

    [Fact]
    public void Without_a_watermark_there_is_nothing_to_rise_from()
    {
        WatermarkCombiner combiner = new(1, risesWhileIdle: true);
        Idle(combiner, 0, 10_000);
        Assert.Equal("idle", Idle(combiner, 0, 20_000, since: 10_000));
        Assert.Equal(EventTime.MinValue, combiner.Current);
    }

    [Fact]
    public void Unproven_silence_of_one_input_stops_the_rise()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Apply(combiner, 0, Unproven);
        Idle(combiner, 1, 10_000);
        Assert.Equal("", Idle(combiner, 1, 20_000, since: 10_000));

        // The rise starts when the unproven input ends, not earlier.
        Assert.Equal("idle", Apply(combiner, 0, Control.End));
        Assert.Equal(new EventTime(100), combiner.Current);
        Assert.Equal("w600 idle", Idle(combiner, 1, 20_500, since: 10_000));
    }

    [Fact]
    public void The_end_of_the_last_active_input_starts_the_rise_and_does_not_count_the_silence_before()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 0, 20_000, since: 10_000);
        Assert.Equal("idle", Apply(combiner, 1, Control.End));
        Assert.Equal(new EventTime(100), combiner.Current);
        Assert.Equal("w1100 idle", Idle(combiner, 0, 21_000, since: 10_000));
    }

    [Fact]
    public void The_end_of_an_idle_input_does_not_count_a_longer_silence_of_the_others()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 0, 50_000, since: 10_000);
        Idle(combiner, 1, 50_000);
        Apply(combiner, 1, Control.End);
        Assert.Equal(new EventTime(100), combiner.Current);
        Assert.Equal("w1100 idle", Idle(combiner, 0, 51_000, since: 10_000));
    }

    [Fact]
    public void A_receiver_of_only_some_sources_forwards_confirmations_and_does_not_advance()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: false);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 1, 10_200);

        // The earliest proof is still that of the first input, so nothing is emitted.
        Assert.Equal("", Idle(combiner, 1, 10_400, since: 10_200));
        combiner.Apply(0, Idle(10_300, since: 10_000), _log);
        Assert.Equal([Control.Idle(new IdlePeriod(new EventTime(10_200), new EventTime(10_300), OutOfOrderness))], _log.Take());
        Assert.Equal(new EventTime(100), combiner.Current);
    }

    [Fact]
    public void The_watermark_is_that_of_the_input_that_became_idle_last_in_whatever_order_they_say_so()
    {
        foreach (int[] order in new int[][] { [0, 1, 2], [2, 1, 0], [1, 0, 2] })
        {
            WatermarkCombiner combiner = new(3, risesWhileIdle: true);
            Watermark(combiner, 0, 100);
            Watermark(combiner, 1, 40);
            foreach (int input in order)
            {
                Idle(combiner, input, confirmed: 10_000, since: 9_000 + (input == 0 ? 500 : 0) + (input == 2 ? 900 : 0));
            }

            // The third input never had a watermark, so it held none back; since it fell silent, 100 ms have been proven.
            Assert.Equal(new EventTime(200), combiner.Current);
        }
    }

    [Fact]
    public void Of_inputs_that_became_idle_at_the_same_time_the_earliest_watermark_counts()
    {
        WatermarkCombiner combiner = new(3, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 40);
        Idle(combiner, 2, 10_000);
        Assert.Equal("w100", Idle(combiner, 1, 10_000));
        WatermarkCombiner other = new(2, risesWhileIdle: true);
        Apply(other, 1, Control.Advance(new EventTime(40)));
        Assert.Equal("", Idle(other, 1, 10_000));
        Assert.Equal("w40 idle", Idle(other, 0, 10_000));
    }

    [Fact]
    public void A_sender_without_splits_holds_nobody_back_and_proves_nothing()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Control without = Control.Idle(new IdlePeriod(EventTime.MinValue, EventTime.MaxValue, OutOfOrderness));
        Apply(combiner, 0, without);
        Assert.Equal("w100", Watermark(combiner, 1, 100));
        Assert.Equal("idle", Idle(combiner, 1, 10_000));
        Assert.Equal("w600 idle", Idle(combiner, 1, 10_500, since: 10_000));
    }

    [Fact]
    public void Senders_without_splits_alone_stand_still()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Control without = Control.Idle(new IdlePeriod(EventTime.MinValue, EventTime.MaxValue, OutOfOrderness));
        Assert.Equal("", Apply(combiner, 0, without));
        Assert.Equal("idle", Apply(combiner, 1, without));
        Assert.Equal("", Apply(combiner, 1, without));
        Assert.Equal(EventTime.MinValue, combiner.Current);
    }

    [Fact]
    public void Activity_ends_the_rise_and_the_next_silence_begins_from_the_watermark_then()
    {
        WatermarkCombiner combiner = new(1, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Idle(combiner, 0, 10_000);
        Assert.Equal("w1100 idle", Idle(combiner, 0, 11_000, since: 10_000));
        Assert.Equal("active", Active(combiner, 0));
        Assert.Equal("", Watermark(combiner, 0, 500));
        Assert.Equal("w1200", Watermark(combiner, 0, 1_200));
        Assert.Equal("idle", Idle(combiner, 0, 60_000));
        Assert.Equal("w1300 idle", Idle(combiner, 0, 60_100, since: 60_000));
    }

    [Fact]
    public void A_second_active_input_is_no_news_to_the_receiver()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 1, 10_000);
        Assert.Equal("active", Active(combiner, 0));
        Assert.Equal("", Active(combiner, 1));
    }

    [Fact]
    public void An_ended_input_leaves_the_minimum()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 100);
        Assert.Equal("w100", Apply(combiner, 0, Control.End));
        Assert.False(combiner.HasEnded);
    }

    [Fact]
    public void The_end_of_all_comes_after_the_last_watermark_and_once()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 5);
        Watermark(combiner, 1, 7);
        Apply(combiner, 0, Control.End);
        Assert.Equal("w+∞ end", Apply(combiner, 1, Control.End));
        Assert.True(combiner.HasEnded);
        Assert.Equal("", Apply(combiner, 1, Control.End));
    }

    [Fact]
    public void The_last_watermark_of_one_input_does_not_close_the_windows_of_an_idle_one()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Idle(combiner, 1, 10_000);
        Assert.Equal("idle", Apply(combiner, 0, Control.Advance(EventTime.MaxValue)));
        Assert.Equal("", Apply(combiner, 0, Control.End));
        Assert.Equal(new EventTime(100), combiner.Current);
        Assert.Equal("active", Active(combiner, 1));
        Assert.Equal("w150", Watermark(combiner, 1, 150));
        Assert.Equal("w+∞", Apply(combiner, 1, Control.Advance(EventTime.MaxValue)));
        Assert.Equal("end", Apply(combiner, 1, Control.End));
    }

    [Fact]
    public void Inputs_that_end_while_idle_end_the_output()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Idle(combiner, 0, 10_000);
        Idle(combiner, 1, 10_000);
        Assert.Equal("", Apply(combiner, 0, Control.End));
        Assert.Equal("w+∞ end", Apply(combiner, 1, Control.End));
    }

    [Fact]
    public void An_idle_input_that_time_has_passed_for_takes_the_others_along()
    {
        WatermarkCombiner combiner = new(2, risesWhileIdle: true);
        Watermark(combiner, 0, 100);
        Watermark(combiner, 1, 100);
        Apply(combiner, 0, Unproven);
        Apply(combiner, 1, Unproven);
        Assert.Equal("", Watermark(combiner, 0, 300));
        Assert.Equal("w200", Watermark(combiner, 1, 200));
    }

    private static Control Idle(long confirmed, long? since = null, long outOfOrderness = OutOfOrderness) =>
        Control.Idle(new IdlePeriod(new EventTime(since ?? confirmed), new EventTime(confirmed), outOfOrderness));

    private string Watermark(WatermarkCombiner combiner, int input, long watermark) =>
        Apply(combiner, input, Control.Advance(new EventTime(watermark)));

    private string Idle(WatermarkCombiner combiner, int input, long confirmed, long? since = null, long outOfOrderness = OutOfOrderness) =>
        Apply(combiner, input, Idle(confirmed, since, outOfOrderness));

    private string Active(WatermarkCombiner combiner, int input) => Apply(combiner, input, Control.Active);

    private string Apply(WatermarkCombiner combiner, int input, Control control)
    {
        combiner.Apply(input, control, _log);
        return _log.TakeText();
    }
}
