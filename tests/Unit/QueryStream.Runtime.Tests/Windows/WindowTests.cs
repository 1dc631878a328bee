using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class WindowTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new(splits: 1);
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    [Fact]
    public void A_window_closes_when_the_watermark_reaches_its_last_millisecond()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        Push(job, (1, 0), (1, 9_999), (1, 10_999));
        Assert.Empty(_results.Rows);

        // Watermark 11,000 - 1,000 - 1 = 9,999: the last millisecond of [0, 10,000).
        Push(job, (2, 11_000));
        WindowResult<int, long> result = Assert.Single(_results.Take());
        Assert.Equal(new WindowResult<int, long>(1, Window(0), Pane.OnTime, 2), result);
    }

    [Fact]
    public void The_result_carries_the_last_millisecond_of_its_window()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        Push(job, (1, 5), (1, 20_000));
        Assert.Equal(new EventTime(9_999), Assert.Single(_results.Rows).Time);
    }

    [Fact]
    public void A_late_row_within_the_lateness_gives_the_result_again()
    {
        using JobHarness job = Start(lateness: 10 * Second);
        Push(job, (1, 5_000), (1, 15_000));
        Assert.Equal([(1, Pane.OnTime, 1L)], Panes());

        Push(job, (1, 6_000));
        Assert.Equal([(1, Pane.Update, 2L)], Panes());

        Push(job, (3, 7_000));
        Assert.Equal([(3, Pane.OnTime, 1L)], Panes());
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void A_row_at_the_end_of_the_lateness_is_too_late_and_goes_to_the_late_output()
    {
        using JobHarness job = Start(lateness: 10 * Second);

        // Watermark 20,999 - 1,000 - 1 = 19,998: one millisecond before 9,999 + 10,000.
        Push(job, (1, 5_000), (9, 20_999));
        _results.Take();
        Push(job, (1, 9_999));
        Assert.Equal([(1, Pane.Update, 2L)], Panes());

        Push(job, (9, 21_000));
        _results.Take();
        Push(job, (1, 9_999));
        Assert.Empty(_results.Take());
        Assert.Equal([new Sale(1, 9_999)], _late.Take());
        Assert.Equal(1, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Fact]
    public void Rows_with_equal_times_all_count()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        Push(job, (1, 7), (1, 7), (2, 7), (1, 7), (9, 30_000));
        Assert.Equal([(1, Pane.OnTime, 3L), (2, Pane.OnTime, 1L)], Panes());
    }

    [Fact]
    public void A_window_without_rows_gives_nothing()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        Push(job, (1, 5_000), (1, 95_000), (1, 200_000));
        Assert.Equal([Window(0), Window(90_000)], _results.Take().Select(result => result.Window));
    }

    [Fact]
    public void An_older_row_does_not_take_the_watermark_back()
    {
        using JobHarness job = Start(lateness: 10 * Second);
        Push(job, (1, 11_000), (1, 500), (2, 11_001), (1, 600));
        Assert.Equal([(1, Pane.OnTime, 1L), (1, Pane.Update, 2L)], Panes());
    }

    [Fact]
    public void The_end_of_the_input_closes_all_windows_in_order()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        Push(job, (2, 10_500), (1, 5_000), (1, 9_999));
        Assert.Empty(_results.Rows);
        _source.EndAll();
        job.Run();

        Assert.True(job.IsFinished);
        Assert.Equal([(1, Pane.OnTime, 2L), (2, Pane.OnTime, 1L)], Panes());
    }

    [Fact]
    public void Many_keys_fire_over_many_batches()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        for (int key = 0; key < 10_000; key++)
        {
            _source.Push(new Sale(key, 1), 1);
        }

        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(Enumerable.Range(0, 10_000), _results.Take().Select(result => result.Key).Order());
    }

    [Fact]
    public void A_changed_open_window_gives_an_early_result_every_interval()
    {
        using JobHarness job = Start(lateness: 10 * Second, early: 2 * Second);
        Push(job, (1, 1_000), (2, 1_000));
        job.Advance(3 * Second);
        Assert.Equal([(1, Pane.Early, 1L), (2, Pane.Early, 1L)], Panes());

        job.Advance(4 * Second);
        Assert.Empty(_results.Rows);

        Push(job, (2, 1_500));
        job.Advance(3 * Second);
        Assert.Equal([(2, Pane.Early, 2L)], Panes());

        Push(job, (1, 11_000));
        Assert.Equal([(1, Pane.OnTime, 1L), (2, Pane.OnTime, 2L)], Panes());
    }

    [Fact]
    public void Early_results_that_could_not_be_given_for_long_are_given_once()
    {
        using JobHarness job = Start(lateness: 10 * Second, early: Second / 100);
        Push(job, (1, 1_000));
        _results.IsFull = true;
        job.Advance(300 * Second);
        _results.IsFull = false;
        long before = job.Executor.Steps;
        job.Run();
        Assert.InRange(job.Executor.Steps - before, 1, 100);
        job.Advance(Second / 100);
        Assert.Equal([(1, Pane.Early, 1L)], Panes());
    }

    [Fact]
    public void A_late_row_does_not_hurry_the_early_results_of_other_windows()
    {
        using JobHarness job = Start(lateness: 10 * Second, early: 60 * Second);
        Push(job, (1, 5_000), (2, 12_000), (1, 5_001));
        Assert.Equal([(1, Pane.OnTime, 1L), (1, Pane.Update, 2L)], Panes());
    }

    [Fact]
    public void A_full_sink_holds_back_the_source_and_nothing_is_lost()
    {
        using JobHarness job = Start(lateness: TimeSpan.Zero);
        _results.IsFull = true;
        for (int i = 0; i < 200; i++)
        {
            _source.Push(new Sale(i % 7, i * 1_000), i * 1_000);
        }

        _source.EndAll();
        job.Run();
        Assert.False(job.IsFinished);

        _results.IsFull = false;
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(200, _results.Take().Sum(result => result.Value));
    }

    private static Window Window(long start) => new(new EventTime(start), new EventTime(start + 10_000));

    private JobHarness Start(TimeSpan lateness, TimeSpan? early = null) => new(job =>
    {
        Stream<Sale> sales = job.Source("sales", _source).Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = Second });
        WindowStream<Sale, int, long> windows = sales.KeyBy(sale => sale.Key)
            .Window(Tumbling.Of(10 * Second)).Lateness(lateness).Early(early).Named("counts").Aggregate(w => w.Count());
        windows.To("results", _results);
        windows.Late.To("late", _late);
    });

    private void Push(JobHarness job, params (int Key, long Time)[] sales)
    {
        foreach ((int key, long time) in sales)
        {
            _source.Push(new Sale(key, time), time);
        }

        job.Run();
        Assert.Null(job.Failure);
    }

    private List<(int Key, Pane Pane, long Value)> Panes() =>
        [.. _results.Take().Select(result => (result.Key, result.Pane, result.Value))];
}

[StreamRecord]
public readonly record struct Sale(int Key, long Time);

/// <summary>Sums the times of sales, plus one for each.</summary>
internal sealed class TimeSum : Aggregate<Sale, long, long>
{
    public override void Add(ref long accumulator, in Sale row) => accumulator += row.Time + 1;

    public override void Merge(ref long into, ref long from) => into += from;

    public override long Result(ref long accumulator, bool isFinal) => accumulator;
}
