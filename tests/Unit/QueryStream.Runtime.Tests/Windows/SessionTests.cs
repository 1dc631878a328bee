using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class SessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new();
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    [Fact]
    public void Rows_at_most_a_gap_apart_are_one_session_and_rows_further_apart_are_two()
    {
        using JobHarness job = Start(outOfOrderness: 0);
        Push(job, (1, 0), (1, 10_000), (1, 20_001), (2, 20_002), (1, 100_000));
        Assert.Equal(["1 0..20000 2 OnTime", "1 20001..30001 1 OnTime", "2 20002..30002 1 OnTime"], Lines());
    }

    [Fact]
    public void A_row_a_gap_behind_another_joins_its_session_although_the_watermark_has_come_to_its_end()
    {
        using JobHarness job = Start(outOfOrderness: 0);

        // Watermark 9,999: rows at 10,000 may still arrive.
        Push(job, (1, 0), (2, 10_000));
        Assert.Empty(_results.Rows);
        Push(job, (1, 10_000), (2, 10_000), (2, 20_001));
        Assert.Equal(["1 0..20000 2 OnTime", "2 10000..20000 2 OnTime"], Lines());
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void The_result_of_a_session_is_in_time_for_a_window_that_ends_with_it()
    {
        HarnessSink<WindowResult<int, long>> counts = new();
        using JobHarness job = new(builder => builder.Source("sales", _source)
            .Watermarks(new WatermarkStrategy<Sale>())
            .KeyBy(sale => sale.Key)
            .Window(Session.WithGap(10 * Second))
            .Named("sessions")
            .Aggregate(w => w.Count())
            .KeyBy(result => result.Key)
            .Window(Tumbling.Of(10 * Second))
            .Named("counts")
            .Aggregate(w => w.Count())
            .To("counts", counts));
        Push(job, (1, 0), (2, 10_000), (2, 10_001), (2, 10_002));
        Assert.Equal(["1 0..10000 1 OnTime"], counts.Take().Select(Line));
        Assert.Equal(0, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Fact]
    public void A_row_between_two_sessions_makes_one_of_them()
    {
        using JobHarness job = Start(outOfOrderness: 60_000);
        Push(job, (1, 0), (1, 15_000), (1, 30_000), (1, 7_000), (1, 22_000));
        _source.EndAll();
        job.Run();
        Assert.Equal(["1 0..40000 5 OnTime"], Lines());
    }

    [Fact]
    public void A_row_can_make_a_session_begin_earlier()
    {
        using JobHarness job = Start(outOfOrderness: 60_000);
        Push(job, (1, 15_000), (1, 6_000), (1, 200_000));
        Assert.Equal(["1 6000..25000 2 OnTime"], Lines());
    }

    [Fact]
    public void A_session_that_became_longer_closes_at_its_new_end_although_time_jumps_over_both()
    {
        using JobHarness job = Start(outOfOrderness: 0);
        Push(job, (1, 0), (1, 5_000));
        Assert.Empty(_results.Rows);
        Push(job, (2, 500_000));
        Assert.Equal(["1 0..15000 2 OnTime"], Lines());
        _source.EndAll();
        job.Run();
        Assert.Equal(["2 500000..510000 1 OnTime"], Lines());
    }

    [Fact]
    public void A_row_is_late_where_the_session_that_it_would_make_has_closed()
    {
        using JobHarness job = Start(outOfOrderness: 0);
        Push(job, (1, 0), (2, 12_000), (1, 1_998), (1, 1_999));

        // Watermark 11,999: a session that ends at 12,000 may still get a row of that time.
        Assert.Equal([new Sale(1, 1_998), new Sale(1, 1_999)], _late.Take());
        Push(job, (1, 2_000));
        Assert.Empty(_late.Rows);
        Assert.Equal(2, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Fact]
    public void A_late_row_changes_a_closed_session_within_the_lateness_or_opens_it_again()
    {
        using JobHarness job = Start(outOfOrderness: 0, windows => windows.Lateness(20 * Second));
        Push(job, (1, 0), (2, 12_000));
        Assert.Equal(["1 0..10000 1 OnTime"], Lines());
        Push(job, (1, 1_000));
        Assert.Equal(["1 0..11000 2 Update"], Lines());

        // Ends at 18,000: open again.
        Push(job, (1, 8_000));
        Assert.Empty(_results.Rows);
        Push(job, (2, 18_001));
        Assert.Equal(["1 0..18000 3 Update"], Lines());

        // The session is removed at 38,000.
        Push(job, (2, 38_000), (1, 17_999), (2, 38_001));
        Assert.Equal(["1 0..27999 4 Update", "2 12000..28001 2 OnTime"], Lines().Order(StringComparer.Ordinal));
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void A_late_row_of_its_own_within_the_lateness_is_on_time_for_its_session()
    {
        using JobHarness job = Start(outOfOrderness: 0, windows => windows.Lateness(20 * Second));
        Push(job, (2, 25_000), (1, 3_000));
        Assert.Equal(["1 3000..13000 1 OnTime"], Lines());
        Push(job, (1, 3_000));
        Assert.Equal(["1 3000..13000 2 Update"], Lines());
    }

    [Fact]
    public void Two_sessions_that_have_given_their_results_become_one()
    {
        using JobHarness job = Start(outOfOrderness: 0, windows => windows.Lateness(100 * Second));
        Push(job, (1, 0), (1, 15_000), (2, 50_000));
        Assert.Equal(["1 0..10000 1 OnTime", "1 15000..25000 1 OnTime"], Lines());
        Push(job, (1, 7_000));
        Assert.Equal(["1 0..25000 3 Update"], Lines());
    }

    [Fact]
    public void Early_results_are_of_sessions_that_have_changed()
    {
        using JobHarness job = Start(outOfOrderness: 0, windows => windows.Early(Second));
        Push(job, (1, 0), (2, 1_000));
        job.Advance(Second);
        Assert.Equal(["1 0..10000 1 Early", "2 1000..11000 1 Early"], Lines().Order(StringComparer.Ordinal));
        Push(job, (1, 2_000));
        job.Advance(Second);
        Assert.Equal(["1 0..12000 2 Early"], Lines());
        job.Advance(Second);
        Assert.Empty(_results.Rows);
    }

    [Fact]
    public void In_processing_time_a_session_closes_a_gap_after_its_last_row()
    {
        using JobHarness job = Start(outOfOrderness: 0, windows => windows.ProcessingTime());
        long start = job.Clock;
        Push(job, (1, 5));
        job.Advance(6 * Second);
        Push(job, (1, -70_000));
        job.Advance(9 * Second);
        Assert.Empty(_results.Rows);
        job.Advance(Second);
        WindowResult<int, long> result = Assert.Single(_results.Take());
        Assert.Equal((new Window(new EventTime(start), new EventTime(start + 16_000)), 2), (result.Window, result.Value));
        Push(job, (1, 5));
        _source.EndAll();
        job.Run();
        Assert.Equal(1, Assert.Single(_results.Take()).Value);
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void A_hundred_thousand_sessions_close_in_portions()
    {
        using JobHarness job = Start(outOfOrderness: 0);
        for (int i = 0; i < 100_000; i++)
        {
            _source.Push(new Sale(i % 50_000, i / 50_000 * 20_000), i / 50_000 * 20_000);
        }

        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(100_000, _results.Rows.Count);
        Assert.All(_results.Rows, result => Assert.Equal(1, result.Row.Value));
    }

    [Fact]
    public void The_ends_of_time_are_times_like_others()
    {
        using JobHarness job = Start(outOfOrderness: 0);
        Push(job, (1, long.MinValue), (1, long.MinValue + 1), (1, 0), (1, long.MaxValue - 1), (1, long.MaxValue - 5_000));
        Assert.Equal([2L, 1L], _results.Take().Select(result => result.Value));
        _source.EndAll();
        job.Run();
        Assert.Equal(2, Assert.Single(_results.Take()).Value);
    }

    private JobHarness Start(long outOfOrderness, Func<WindowedStream<Sale, int>, WindowedStream<Sale, int>>? settings = null) => new(job =>
    {
        WindowedStream<Sale, int> windows = job.Source("sales", _source)
            .Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = TimeSpan.FromMilliseconds(outOfOrderness) })
            .KeyBy(sale => sale.Key)
            .Window(Session.WithGap(10 * Second))
            .Named("sessions");
        WindowStream<Sale, int, long> results = (settings?.Invoke(windows) ?? windows).Aggregate(w => w.Count());
        results.To("results", _results);
        results.Late.To("late", _late);
    });

    private void Push(JobHarness job, params (int Key, long Time)[] sales)
    {
        foreach ((int key, long time) in sales)
        {
            _source.Push(new Sale(key, time), time);
            job.Run();
        }

        Assert.Null(job.Failure);
    }

    private List<string> Lines() => [.. _results.Take().Select(Line)];

    private static string Line(WindowResult<int, long> result) =>
        $"{result.Key} {result.Window.Start.Milliseconds}..{result.Window.End.Milliseconds} {result.Value} {result.Pane}";
}
