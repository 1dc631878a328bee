using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class CountWindowTests
{
    private readonly HarnessSource<Sale> _source = new() { ElementsPerPoll = 100 };
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    [Fact]
    public void Every_so_many_rows_of_a_key_are_a_window_of_their_own()
    {
        using JobHarness job = Start(Global.Of(3));
        Push(job, (1, 10), (2, 11), (1, 5), (1, 12), (1, 13), (2, 14), (1, 20));
        Assert.Equal(["1 5..13 30 OnTime"], Lines());
        Push(job, (1, 30), (2, 1));
        Assert.Equal(["1 13..31 66 OnTime", "2 1..15 29 OnTime"], Lines());
        Assert.Empty(_late.Rows);
    }

    [Fact]
    public void The_end_of_the_input_gives_what_has_not_filled_up()
    {
        using JobHarness job = Start(Global.Of(3));
        Push(job, (1, 10), (1, 11), (1, 12), (1, 13), (2, 14));
        _results.Take();
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(["1 13..14 14 OnTime", "2 14..15 15 OnTime"], Lines().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_window_without_end_gives_early_results_of_all_rows_so_far()
    {
        using JobHarness job = Start(Global.Every(2));
        Push(job, (1, 1), (1, 2), (1, 3), (1, 4), (1, 5));
        Assert.Equal(["1 1..3 5 Early", "1 1..5 14 Early"], Lines());
        _source.EndAll();
        job.Run();
        Assert.Equal(["1 1..6 20 OnTime"], Lines());
    }

    [Fact]
    public void Each_row_can_be_a_window()
    {
        using JobHarness job = Start(Global.Of(1));
        for (int i = 0; i < 5_000; i++)
        {
            _source.Push(new Sale(i % 3, i), i);
        }

        job.Run();
        Assert.Equal(5_000, _results.Rows.Count);
    }

    [Fact]
    public void In_processing_time_a_window_has_the_times_of_arrival()
    {
        using JobHarness job = Start(Global.Of(2), windows => windows.ProcessingTime());
        long start = job.Clock;
        Push(job, (1, 5));
        job.Advance(TimeSpan.FromSeconds(3));
        Push(job, (1, 6));
        Assert.Equal(new Window(new(start), new(start + 3_001)), Assert.Single(_results.Take()).Window);
    }

    [Fact]
    public void Windows_that_time_does_not_close_have_no_lateness_and_no_early_results()
    {
        JobDefinitionException lateness = Assert.Throws<JobDefinitionException>(
            () => Start(Global.Of(2), windows => windows.Lateness(TimeSpan.FromSeconds(1))));
        Assert.Contains("Global(of 2 rows) cannot have a lateness", lateness.Message, StringComparison.Ordinal);
        Assert.Throws<JobDefinitionException>(() => Start(Global.Every(2), windows => windows.Early(TimeSpan.FromSeconds(1))));
    }

    private JobHarness Start(Global kind, Func<WindowedStream<Sale, int>, WindowedStream<Sale, int>>? settings = null) => new(job =>
    {
        WindowedStream<Sale, int> windows = job.Source("sales", _source).KeyBy(sale => sale.Key).Window(kind).Named("windows");
        WindowStream<Sale, int, long> results = (settings?.Invoke(windows) ?? windows).Aggregate(new TimeSum());
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

    private List<string> Lines() => [.. _results.Take().Select(result =>
        $"{result.Key} {result.Window.Start.Milliseconds}..{result.Window.End.Milliseconds} {result.Value} {result.Pane}")];
}
