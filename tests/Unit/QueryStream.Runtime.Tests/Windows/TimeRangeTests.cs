using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class TimeRangeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly HarnessSource<Sale> _source = new();
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<DeadLetter> _deadLetters = new();

    [Fact]
    public void A_time_too_far_ahead_of_the_clock_is_a_dead_letter_and_closes_no_window()
    {
        using JobHarness job = Run(new WatermarkStrategy<Sale> { OutOfOrderness = Second, MaxAhead = TimeSpan.FromHours(1) });
        long now = job.Clock;
        Push(job, now, now + 3_600_001, now + (100L * 365 * 86_400_000));
        Assert.Empty(_results.Rows);
        Assert.Equal(2, DeadLetters(job));
        Assert.Equal([1L, 2L], _deadLetters.Take().Select(letter => letter.Offset));
        Push(job, now + 3_600_000);
        Assert.Single(_results.Take());
        Assert.Equal(2, DeadLetters(job));
        Assert.Equal(4, job.Metrics.Sum(metrics => metrics.RecordsRead.Value));
    }

    [Fact]
    public void What_is_too_far_ahead_moves_with_the_clock()
    {
        using JobHarness job = Run(new WatermarkStrategy<Sale> { OutOfOrderness = Second, MaxAhead = TimeSpan.FromHours(1) });
        long time = job.Clock + 3_600_001;
        Push(job, time);
        Assert.Equal(1, DeadLetters(job));
        job.Advance(TimeSpan.FromMilliseconds(1));
        Push(job, time);
        Assert.Equal(1, DeadLetters(job));
    }

    [Fact]
    public void Times_outside_the_range_of_the_job_are_dead_letters()
    {
        using JobHarness job = Run(new WatermarkStrategy<Sale> { Earliest = new EventTime(0), Latest = new EventTime(100_000) });
        Push(job, -1, 0, 100_000, 100_001, long.MinValue, long.MaxValue);
        Assert.Equal(4, DeadLetters(job));
        _source.EndAll();
        job.Run();
        Assert.Equal(2, _results.Take().Sum(result => result.Value));
    }

    [Fact]
    public void The_time_of_the_final_watermark_is_never_a_rows()
    {
        using JobHarness job = Run(new WatermarkStrategy<Sale>());
        Push(job, 5_000, long.MaxValue);
        Assert.Empty(_results.Rows);
        Assert.Equal(1, DeadLetters(job));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_and_the_last_times_that_there_are_have_windows_of_their_own(bool onePhase)
    {
        using JobHarness job = Run(new WatermarkStrategy<Sale>(), onePhase);
        Push(job, long.MinValue, long.MinValue + 1, 0);
        Push(job, long.MaxValue - 1);
        Assert.Equal([EventTime.MinValue, new EventTime(0)], _results.Take().Select(result => result.Window.Start));
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Window last = Assert.Single(_results.Take()).Window;
        Assert.Equal(EventTime.MaxValue, last.End);
        Assert.Equal(long.MaxValue / 10_000 * 10_000, last.Start.Milliseconds);
    }

    private JobHarness Run(WatermarkStrategy<Sale> watermarks, bool onePhase = false) => new(job =>
    {
        SourceStream<Sale> sales = job.Source("sales", _source).Watermarks(watermarks);
        WindowedStream<Sale, int> windows = sales.KeyBy(sale => sale.Key).Window(Tumbling.Of(10 * Second));
        (onePhase ? windows.OnePhase() : windows).Aggregate(w => w.Count()).To("results", _results);
        sales.DeadLetters.To("dead letters", _deadLetters);
    });

    private static long DeadLetters(JobHarness job) => job.Metrics.Sum(
        metrics => metrics.DeadLetters.TryGetValue("time-out-of-range", out Streams.Metrics.Counter? count) ? count.Value : 0);

    private void Push(JobHarness job, params long[] times)
    {
        foreach (long time in times)
        {
            _source.Push(new Sale(1, time), time);
        }

        job.Run();
        Assert.Null(job.Failure);
    }
}
