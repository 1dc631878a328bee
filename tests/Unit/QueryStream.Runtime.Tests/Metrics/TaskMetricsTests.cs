using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Metrics;

/// <summary>What a task counts about itself, compared with what was pushed through it.</summary>
public sealed class TaskMetricsTests
{
    private readonly HarnessSource<Sale> _source = new(splits: 2) { ElementsPerPoll = 100 };
    private readonly HarnessSink<Sale> _sink = new();

    [Fact]
    public void A_task_that_has_nothing_to_do_is_idle_and_one_whose_sink_is_full_is_back_pressured()
    {
        using JobHarness job = Start();
        job.Run();
        job.Advance(TimeSpan.FromSeconds(10));
        (TaskTimeTotals source, TaskTimeTotals sink) = TimesOf(job);
        Assert.Equal((0, 0), (source.BackPressured, sink.BackPressured));
        Assert.Equal(Ticks(job, 10), sink.Idle);
        TaskTimeTotals idle = sink;

        _sink.IsFull = true;
        Push(rows: 200_000);
        job.Run();
        (TaskTimeTotals before, TaskTimeTotals sinkBefore) = TimesOf(job);
        job.Advance(TimeSpan.FromSeconds(5));
        (source, sink) = TimesOf(job);

        Assert.Equal(Ticks(job, 5), source.BackPressured - before.BackPressured);
        Assert.Equal(Ticks(job, 5), sink.BackPressured - sinkBefore.BackPressured);
        Assert.Equal(sinkBefore.Idle, sink.Idle);
        Assert.True(sink.Idle >= idle.Idle);
    }

    [Fact]
    public void What_has_passed_a_task_and_its_operators_is_counted_since_its_attempt_began()
    {
        using JobHarness job = Start();
        Push(rows: 1000);
        job.Run();
        HarnessSnapshot snapshot = job.Snapshot();
        AssertFlows(job, rows: 1000);

        using JobHarness later = JobHarness.Restore(Define, snapshot, parallelism: 1);
        Push(rows: 100);
        _source.WakeAll();
        later.Run();
        AssertFlows(later, rows: 100);
    }

    [Fact]
    public void A_split_tells_its_position_its_watermark_and_whether_it_holds_others_back()
    {
        using JobHarness job = Start();
        _source.Push(new Sale(1, 5_000), 5_000, split: 0);
        _source.End(1);
        job.Run();
        job.Advance(TimeSpan.FromSeconds(2));
        _source.Push(new Sale(2, 9_000), 9_000, split: 0);
        job.Run();

        IReadOnlyList<SplitFlow> splits = job.MetricsOf(job.Graph.Vertices[0]).Single().Splits;

        Assert.Equal(2, splits.Count);
        Assert.Equal((1L, new EventTime(8_999), SplitState.Active), (splits[0].Offset!.Value, splits[0].Watermark, splits[0].State));
        Assert.Equal(job.Clock - 9_000, splits[0].EmitLag!.Value.TotalMilliseconds);
        Assert.Equal(SplitState.Ended, splits[1].State);
        Assert.Null(splits[1].Offset);
    }

    [Fact]
    public void What_a_source_has_not_read_is_known_while_it_is_back_pressured_too()
    {
        using JobHarness job = Start();
        _sink.IsFull = true;
        Push(rows: 200_000);
        job.Run();
        Assert.True(_source.Waiting > 0);
        job.Advance(TimeSpan.FromSeconds(2));
        Push(rows: 50);
        job.Run();
        Assert.Equal(_source.Waiting, PendingOf(job));

        _sink.IsFull = false;
        job.Run();
        job.Advance(TimeSpan.FromSeconds(2));
        _source.WakeAll();
        job.Run();
        Assert.Equal((0, 0L), (_source.Waiting, PendingOf(job)));
    }

    [Fact]
    public void The_last_checkpoint_tells_how_long_its_barrier_was_under_way_and_how_large_the_state_is()
    {
        using JobHarness job = Start();
        Push(rows: 10);
        job.Run();
        Assert.All(job.Metrics, metrics => Assert.Null(metrics.Checkpoint));
        job.Snapshot();
        CheckpointSample source = job.MetricsOf(job.Graph.Vertices[0]).Single().Checkpoint!;
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (source.StartDelay, source.Alignment));
        Assert.True(source.StateBytes > 0);

        _sink.IsFull = true;
        Push(rows: 200_000);
        job.Run();
        job.Snapshot(wait: () =>
        {
            job.Advance(TimeSpan.FromSeconds(3));
            _sink.IsFull = false;
        });
        Assert.Equal(TimeSpan.FromSeconds(3), job.MetricsOf(job.Graph.Vertices[1]).Single().Checkpoint!.StartDelay);
    }

    private static long? PendingOf(JobHarness job) =>
        job.MetricsOf(job.Graph.Vertices[0]).Single().Splits.Sum(split => split.Pending);

    private static void AssertFlows(JobHarness job, int rows)
    {
        TaskMetrics source = job.MetricsOf(job.Graph.Vertices[0]).Single();
        TaskMetrics sink = job.MetricsOf(job.Graph.Vertices[1]).Single();
        int passed = rows / 2;
        Assert.Equal((rows, passed), (source.RecordsRead.Value, source.Flow!.RowsOut));
        Assert.Equal(passed, sink.RowsIn.Value);
        Assert.True(source.Flow.BytesOut > passed);
        Assert.Equal(source.Flow.BytesOut, sink.Flow!.BytesIn);
        Assert.Equal((0, 0), (sink.Flow.QueueLength, source.Flow.OutputUsage));
        OperatorFlow filter = source.Flow.Operators[1];
        Assert.Equal((rows, passed, rows - passed), (filter.In, filter.Out, filter.Filtered));
    }

    private static void Define(StreamBuilder builder, HarnessSource<Sale> source, HarnessSink<Sale> sink) => builder
        .Source("sales", source).Watermarks(new WatermarkStrategy<Sale>())
        .Filter(sale => sale.Key % 2 == 0).Rebalance().To("sink", sink);

    private void Define(StreamBuilder builder) => Define(builder, _source, _sink);

    private JobHarness Start() => new(Define, 1);

    private static long Ticks(JobHarness job, int seconds) => seconds * job.Executor.Time.TimestampFrequency;

    private static (TaskTimeTotals Source, TaskTimeTotals Sink) TimesOf(JobHarness job)
    {
        long now = job.Executor.Time.GetTimestamp();
        JobVertex[] vertices = [.. job.Graph.Vertices];
        return (job.MetricsOf(vertices[0]).Single().Times.Read(now), job.MetricsOf(vertices[1]).Single().Times.Read(now));
    }

    private void Push(int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            _source.Push(new Sale(row, row), row);
        }
    }
}
