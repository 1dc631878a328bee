using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

/// <summary>Windows of 10 s, out-of-orderness of 1 s, no lateness, idle after 2 s. The clock starts at <see cref="Start"/>.</summary>
public sealed class IdleSourceTests
{
    private const int Splits = 3;

    private static readonly long Start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new(Splits);
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    public static TheoryData<int> Parallelisms => [1, 2, 3, 7];

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void Windows_close_although_nothing_comes(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        job.IsPinned = true; // silence has to be proven anew after a move
        long minuteAgo = Start - 60_000;
        Push(job, 0, minuteAgo + 5_000, split: 0);

        // Idle after 2 s, with the watermark at 3,999 of the first window: 6 s to its last millisecond.
        Confirm(job, seconds: 7.9, 0, 1, 2);
        Assert.Empty(_results.Rows);
        Confirm(job, seconds: 0.1, 0, 1, 2);
        Assert.Equal([(0, minuteAgo, 1L)], Results());
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void Windows_of_rows_ahead_of_the_clock_close_when_the_clock_has_passed_them_by_the_out_of_orderness(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        job.IsPinned = true; // silence has to be proven anew after a move
        Push(job, 0, Start + 5_000, split: 0);
        Confirm(job, seconds: 10.9, 0, 1, 2);
        Assert.Empty(_results.Rows);
        Confirm(job, seconds: 0.1, 0, 1, 2);
        Assert.Equal([(0, Start, 1L)], Results());
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void An_outage_closes_no_window_and_makes_nothing_late(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        Push(job, 0, Start + 5_000, split: 0);
        Confirm(job, seconds: 4, 0, 1, 2);
        job.Advance(60 * Second);
        Assert.Empty(_results.Rows);

        // The brokers are back, and report the ends of their partitions a second before the producers send what they have kept.
        Confirm(job, seconds: 1, 0, 1, 2);
        for (int second = 6; second < 60; second++)
        {
            Push(job, second, Start + (second * 1_000), split: second % Splits);
        }

        _source.EndAll();
        job.Run();
        Assert.Empty(_late.Rows);
        Assert.Equal(55, Results().Sum(result => result.Count));
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void An_outage_of_one_partition_makes_its_rows_not_late_while_the_others_go_on(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        for (int split = 0; split < Splits; split++)
        {
            Push(job, split, Start, split);
        }

        // The third partition is silent and then unreachable; its producer keeps its records.
        Confirm(job, seconds: 3, 2);
        for (int second = 3; second < 60; second++)
        {
            job.Advance(Second);
            Push(job, 0, Clock(job), split: 0);
            Push(job, 1, Clock(job), split: 1);
        }

        Confirm(job, seconds: 1, 2);
        Push(job, 2, Start + 6_000, split: 2);
        Assert.Empty(_late.Rows);
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void Silence_that_is_never_proven_closes_nothing(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        Push(job, 0, Start + 5_000, split: 0);
        job.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_results.Rows);
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void A_replay_of_old_events_on_an_idle_source_closes_no_window_too_early(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        Confirm(job, seconds: 60, 0, 1, 2);
        long yearAgo = Start - (365L * 86_400_000);
        for (int second = 0; second < 40; second++)
        {
            Push(job, 1, yearAgo + (second * 1_000), split: second % Splits);

            // Short pauses, as producers make them, do not advance the watermark.
            Confirm(job, seconds: 1.5, 0, 1, 2);
        }

        _source.EndAll();
        job.Run();
        Assert.Empty(_late.Rows);
        Assert.Equal([10L, 10L, 10L, 10L], Results().Select(result => result.Count));
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void Old_events_after_a_long_proven_silence_are_late_and_counted(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        job.IsPinned = true; // silence has to be proven anew after a move
        Push(job, 0, Start + 5_000, split: 0);
        Confirm(job, seconds: 30, 0, 1, 2);
        Assert.Equal([(0, Start, 1L)], Results());
        Push(job, 7, Start + 6_000, split: 1);
        Assert.Equal([new Sale(7, Start + 6_000)], _late.Take());
        Assert.Equal(1, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
        Push(job, 8, Clock(job), split: 1);
        Assert.Empty(_late.Rows);
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void Time_does_not_rise_beyond_the_clock_less_the_out_of_orderness(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        Push(job, 0, Start + 5_000, split: 0);
        Confirm(job, seconds: 120, 0, 1, 2);
        Results();
        Push(job, 1, Clock(job) - 999, split: 0);
        Push(job, 1, Clock(job) - 999, split: 2);
        Assert.Empty(_late.Rows);
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void One_idle_partition_does_not_hold_back_the_others(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        job.IsPinned = true; // silence has to be proven anew after a move
        Push(job, 0, Start, split: 0);
        for (int second = 1; second <= 14; second++)
        {
            Confirm(job, seconds: 1, 1, 2);
            Push(job, 0, Clock(job), split: 0);
        }

        Assert.Equal([(0, Start, 10L)], Results());
    }

    [Theory]
    [MemberData(nameof(Parallelisms))]
    public void The_end_of_a_partition_does_not_close_the_windows_of_those_that_are_only_idle(int parallelism)
    {
        using JobHarness job = Run(parallelism);
        Push(job, 0, Start + 1_000, split: 0);
        _source.End(2);
        Confirm(job, seconds: 4, 0);
        Push(job, 0, Start + 2_000, split: 1);
        _source.End(1);
        job.Run();
        Push(job, 0, Start + 5_000, split: 0);
        Assert.Empty(_results.Rows);
        Assert.Empty(_late.Rows);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_partition_that_is_active_again_is_not_overtaken_by_a_time_that_only_it_has_seen(int parallelism)
    {
        // Only the first subtask is silent, for a minute. If its own watermark had risen meanwhile, the others would continue from it, and its rows
        // would be late, although not all subtasks were silent.
        using JobHarness job = Run(parallelism);
        _source.End(2);
        Push(job, 0, Start + 40_000, split: 0);
        Push(job, 1, Start + 50_000, split: 1);
        for (int second = 0; second < 60; second++)
        {
            Confirm(job, seconds: 1, 0);
            Push(job, 1, Start + 42_000, split: 1);
        }

        Push(job, 0, Start + 43_000, split: 0);
        Push(job, 1, Start + 96_000, split: 1);
        Push(job, 0, Start + 44_000, split: 0);
        Push(job, 0, Start + 75_000, split: 0);
        Assert.Empty(_late.Rows);
        Assert.Equal([(0, Start + 40_000, 3L), (1, Start + 40_000, 60L), (1, Start + 50_000, 1L)], Results());
    }

    [Fact]
    public void What_the_clock_has_made_due_fires_before_a_barrier()
    {
        using JobHarness job = Run(parallelism: 1);
        job.IsPinned = true; // silence has to be proven anew after a move
        _source.End(2);
        Push(job, 0, Start + 25_000, split: 0);
        job.Advance(Second / 2);
        Push(job, 1, Start + 5_000, split: 1);

        // All are idle at the watermark of the second split. The first one is active again 2 s after its last confirmation, at 5.5 s; the source
        // would notice at 6 s.
        Confirm(job, seconds: 3, 0, 1);
        Confirm(job, seconds: 1, 1);
        job.Advance(TimeSpan.FromSeconds(1.05));
        Assert.Empty(_results.Rows);
        job.Rescale(parallelism: 1);
        _source.EndAll();
        job.Run();
        Assert.Equal([(1, Start, 1L), (0, Start + 20_000, 1L)], Results());
    }

    private static long Clock(JobHarness job) => job.Clock;

    private JobHarness Run(int parallelism) => new(
        job =>
        {
            WatermarkStrategy<Sale> watermarks = new() { OutOfOrderness = Second, IdleAfter = 2 * Second, AdvanceWhileIdle = true };
            WindowStream<Sale, int, long> windows = job.Source("sales", _source).Watermarks(watermarks)
                .KeyBy(sale => sale.Key).Window(Tumbling.Of(10 * Second)).Aggregate(w => w.Count());
            windows.To("results", _results);
            windows.Late.To("late", _late);
        },
        parallelism);

    private void Push(JobHarness job, int key, long time, int split)
    {
        _source.Push(new Sale(key, time), time, split);
        job.Run();
        Assert.Null(job.Failure);
    }

    // Every tenth of a second, as a healthy connection does.
    private void Confirm(JobHarness job, double seconds, params int[] splits)
    {
        for (int i = 0; i < (int)Math.Round(seconds * 10); i++)
        {
            job.Advance(Second / 10);
            foreach (int split in splits)
            {
                _source.ConfirmEnd(job.Clock, split);
            }

            job.Run();
        }

        Assert.Null(job.Failure);
    }

    private List<(int Key, long Start, long Count)> Results() =>
        [
            .. _results.Take()
                .Select(result => (result.Key, result.Window.Start.Milliseconds, result.Value))
                .OrderBy(result => (result.Milliseconds, result.Key))
        ];
}
