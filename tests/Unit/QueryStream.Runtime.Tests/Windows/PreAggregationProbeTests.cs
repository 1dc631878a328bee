using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

public sealed class PreAggregationProbeTests
{
    private const int ProbeRows = 1 << 15;
    private const int PauseRows = 1 << 19;

    private readonly HarnessSource<Sale> _source = new() { ElementsPerPoll = 1_000 };
    private readonly HarnessSink<WindowResult<int, long>> _results = new();

    [Theory]
    [InlineData(10, 8, false)]
    [InlineData(10, 7, true)]
    [InlineData(10, 0, true)]
    public void Pre_aggregation_goes_on_where_it_saves_more_than_a_fifth_of_the_rows(int rows, int newKeys, bool isWorthwhile)
    {
        PreAggregationProbe probe = new();
        for (int seen = 0; seen < ProbeRows; seen += rows)
        {
            Assert.True(probe.IsWorthwhile);
            probe.OnAggregated(rows, newKeys);
        }

        Assert.Equal(isWorthwhile, probe.IsWorthwhile);
    }

    [Fact]
    public void After_a_pause_pre_aggregation_is_tried_again()
    {
        PreAggregationProbe probe = new();
        probe.OnAggregated(ProbeRows, ProbeRows);
        probe.OnSkipped(PauseRows - 1);
        Assert.False(probe.IsWorthwhile);
        probe.OnSkipped(1);
        Assert.True(probe.IsWorthwhile);
        probe.OnAggregated(ProbeRows - 1, ProbeRows - 1);
        Assert.True(probe.IsWorthwhile);
        probe.OnAggregated(1, 1);
        Assert.False(probe.IsWorthwhile);
    }

    [Fact]
    public void Rows_count_once_while_pre_aggregation_is_switched_off_and_on_in_the_middle_of_a_window()
    {
        using JobHarness job = new(
            builder => builder.Source("sales", _source).KeyBy(sale => sale.Key).Window(Tumbling.Of(TimeSpan.FromDays(1)))
                .Aggregate(w => w.Count()).To("results", _results),
            parallelism: 2);
        long rows = 0;

        // All rows are in one window and have equal times, so that no watermark flushes anything.
        long sent = Push(job, keys: 10, count: 10_000, ref rows);
        Assert.Equal(0, sent);
        Push(job, keys: int.MaxValue, count: 80_000, ref rows);
        Assert.Equal(10_000, Push(job, keys: 10, count: 10_000, ref rows));
        Push(job, keys: 10, count: PauseRows, ref rows);
        Assert.Equal(0, Push(job, keys: 10, count: 10_000, ref rows));
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(rows, _results.Rows.Sum(result => result.Row.Value));
        Assert.Equal(_results.Rows.Count, _results.Rows.Select(result => result.Row.Key).Distinct().Count());
    }

    // The number of rows and partial results that reach the second phase.
    private long Push(JobHarness job, int keys, int count, ref long rows)
    {
        long before = RowsIn(job);
        for (int i = 0; i < count; i++, rows++)
        {
            _source.Push(new Sale((int)(rows % keys), 0), 0);
        }

        job.Run();
        Assert.Null(job.Failure);
        return RowsIn(job) - before;
    }

    private static long RowsIn(JobHarness job) => job.MetricsOf(job.Graph.Vertices[1]).Sum(metrics => metrics.RowsIn.Value);
}
