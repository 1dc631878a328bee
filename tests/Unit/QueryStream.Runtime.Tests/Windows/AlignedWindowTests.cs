using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class AlignedWindowTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new();
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    [Fact]
    public void A_row_counts_in_every_sliding_window_that_it_falls_into()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(10 * Second, 4 * Second)));
        Push(job, (1, 9_000), (1, 100_000));
        Assert.Equal(["0..10 1 OnTime", "4..14 1 OnTime", "8..18 1 OnTime"], Lines());
    }

    [Fact]
    public void An_offset_moves_the_windows()
    {
        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second, -3 * Second)));
        Push(job, (1, 6_999), (1, 7_000), (1, 100_000));
        Assert.Equal(["-3..7 1 OnTime", "7..17 1 OnTime"], Lines());
    }

    [Fact]
    public void Cumulating_windows_grow_and_begin_anew()
    {
        using JobHarness job = Start(keyed => keyed.Window(Cumulating.Of(9 * Second, 3 * Second)));
        Push(job, (1, 1_000), (1, 7_000), (1, 10_000), (1, 100_000));
        Assert.Equal(["0..3 1 OnTime", "0..6 1 OnTime", "0..9 2 OnTime", "9..12 1 OnTime", "9..15 1 OnTime", "9..18 1 OnTime"], Lines());
    }

    [Fact]
    public void A_late_row_changes_the_closed_windows_that_are_kept_and_the_open_ones()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(10 * Second, 5 * Second)).Lateness(3 * Second));
        Push(job, (1, 6_000), (1, 12_500));
        Assert.Equal(["0..10 1 OnTime"], Lines());
        Push(job, (1, 7_000), (2, 7_000));
        Assert.Equal(["0..10 1 OnTime", "0..10 2 Update"], Lines().Order(StringComparer.Ordinal));

        // Watermark 13,499: [0, 10) is removed, [5, 15) is not, so the row is not late.
        Push(job, (1, 13_500), (1, 8_000));
        Assert.Empty(Lines());
        Assert.Empty(_late.Rows);
        Push(job, (3, 15_000));
        Assert.Equal(["5..15 5 OnTime", "5..15 1 OnTime"], Lines());
        Assert.Empty(_late.Rows);
        Push(job, (3, 18_000), (1, 9_999));
        Assert.Equal([new Sale(1, 9_999)], _late.Take());
    }

    [Fact]
    public void Several_kinds_of_window_share_their_slices_and_say_which_they_are()
    {
        HarnessSink<WindowResult<int, long>> minutes = new();
        Tumbling small = Tumbling.Of(10 * Second);
        Sliding large = Sliding.Of(20 * Second, 10 * Second);
        using JobHarness job = new(builder =>
        {
            WindowStream<Sale, int, long> results = builder.Source("sales", _source).KeyBy(sale => sale.Key).Windows(small, large)
                .Aggregate(w => w.Count());
            results.Of(small).To("small", _results);
            results.Of(large).To("large", minutes);
        });
        Push(job, (1, 5_000), (1, 15_000), (1, 16_000));
        _source.EndAll();
        job.Run();
        Assert.Equal(["0..10 1 OnTime", "10..20 2 OnTime"], Lines());
        Assert.Equal(["-10..10 1 OnTime", "0..20 3 OnTime", "10..30 2 OnTime"], minutes.Take().Select(Line));
    }

    [Fact]
    public void An_empty_time_between_two_rows_costs_nothing()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(Second, Second / 100)));
        long year = 365L * 86_400_000;
        Push(job, (1, 5), (1, year));
        Assert.Equal(100, _results.Take().Count);
        Push(job, (1, 1_000 * year));
        Assert.Equal(100, _results.Take().Count);
    }

    [Fact]
    public void Early_results_of_overlapping_windows_are_of_those_that_have_changed()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(10 * Second, 5 * Second)).Early(Second));
        Push(job, (1, 6_000));
        job.Advance(2 * Second);
        Assert.Equal(["0..10 1 Early", "5..15 1 Early"], Lines());
        Push(job, (1, 11_000));
        Assert.Equal(["0..10 1 OnTime"], Lines());
        job.Advance(2 * Second);
        Assert.Equal(["5..15 2 Early", "10..20 1 Early"], Lines());
    }

    [Fact]
    public void Tens_of_thousands_of_keys_fire_in_portions()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(2 * Second, Second)));
        for (int i = 0; i < 40_000; i++)
        {
            long time = i < 20_000 ? 500 : 1_500;
            _source.Push(new Sale(i % 20_000, time), time);
        }

        _source.EndAll();
        job.Run();
        Assert.Equal(80_000, _results.Rows.Sum(result => result.Row.Value));
        Assert.Equal(60_000, _results.Rows.Count);
    }

    [Fact]
    public void In_processing_time_the_clock_decides_on_windows_and_closes_them()
    {
        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)).ProcessingTime());
        long start = job.Clock;
        Push(job, (1, 500_000), (2, 5));
        job.Advance(9 * Second);
        Push(job, (1, 7));
        Assert.Empty(_results.Rows);
        job.Advance(Second);
        Assert.Equal([(1, 2L), (2, 1L)], _results.Take().Select(result => (result.Key, result.Value)));
        Push(job, (1, 7));
        job.Advance(100 * Second);
        WindowResult<int, long> last = Assert.Single(_results.Take());
        Assert.Equal(start + 10_000, last.Window.Start.Milliseconds);
        Assert.Equal(0, job.Metrics.Sum(metrics => metrics.LateDropped.Value));
    }

    [Fact]
    public void In_processing_time_the_end_of_the_input_closes_what_is_open()
    {
        using JobHarness job = Start(keyed => keyed.Window(Sliding.Of(10 * Second, 5 * Second)).ProcessingTime());
        Push(job, (1, 500_000));
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(2, _results.Rows.Count);
    }

    [Fact]
    public void In_processing_time_early_results_come_with_the_clock()
    {
        using JobHarness job = Start(keyed => keyed.Window(Tumbling.Of(10 * Second)).ProcessingTime().Early(Second));
        Push(job, (1, 500_000));
        job.Advance(Second);
        Assert.Equal(Pane.Early, Assert.Single(_results.Take()).Pane);
        job.Advance(10 * Second);
        Assert.Equal(Pane.OnTime, Assert.Single(_results.Take()).Pane);
    }

    [Fact]
    public void A_reduction_of_overlapping_windows_leaves_the_rows_of_each_as_they_are()
    {
        HarnessSink<WindowResult<int, Sale>> reduced = new();
        using JobHarness job =
            new(builder => builder.Source("sales", _source).KeyBy(sale => sale.Key).Window(Sliding.Of(10 * Second, 5 * Second)).Named("sums")
            .Reduce((a, b) => new Sale(a.Key + b.Key, Math.Max(a.Time, b.Time))).To("reduced", reduced));
        Push(job, (1, 1_000), (1, 6_000), (1, 7_000), (1, 12_000));
        _source.EndAll();
        job.Run();
        Assert.Equal(
            [new Sale(1, 1_000), new Sale(3, 7_000), new Sale(3, 12_000), new Sale(1, 12_000)], reduced.Take().Select(result => result.Value));
    }

    private JobHarness Start(Func<KeyedStream<Sale, int>, WindowedStream<Sale, int>> windows) => new(job =>
    {
        WindowStream<Sale, int, long> results = windows(job.Source("sales", _source).KeyBy(sale => sale.Key)).Aggregate(w => w.Count());
        results.To("results", _results);
        results.Late.To("late", _late);
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

    private List<string> Lines() => [.. _results.Take().Where(result => result.Window.Start.Milliseconds < 90_000).Select(Line)];

    private static string Line(WindowResult<int, long> result) =>
        $"{result.Window.Start.Milliseconds / 1_000}..{result.Window.End.Milliseconds / 1_000} {result.Value} {result.Pane}";
}
