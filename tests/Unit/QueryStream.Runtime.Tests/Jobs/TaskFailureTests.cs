using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>Two subtasks; the rows that make user code throw come to the second.</summary>
public sealed class TaskFailureTests
{
    private readonly HarnessSource<Sale> _source = new(splits: 2);
    private readonly HarnessSink<Sale> _sink = new();
    private readonly HarnessSink<WindowResult<int, long>> _results = new();

    [Fact]
    public void A_map_that_throws_is_named() => AssertFails("Map", sales => sales.Map(sale => Throw<Sale>()).To("sink", _sink));

    [Fact]
    public void A_filter_that_throws_is_named() => AssertFails("Filter", sales => sales.Filter(sale => Throw<bool>()).To("sink", _sink));

    [Fact]
    public void A_flat_map_that_throws_is_named() =>
        AssertFails("FlatMap", sales => sales.FlatMap<Sale>((sale, emit) => Throw<bool>()).To("sink", _sink));

    [Fact]
    public void A_condition_of_a_counter_that_throws_is_named() =>
        AssertFails("Count", sales => sales.Count("some", sale => Throw<bool>()).To("sink", _sink));

    [Fact]
    public void An_operator_behind_another_one_is_named_and_not_the_first() =>
        AssertFails("Map", sales => sales.Filter(sale => true).Map(sale => Throw<Sale>()).To("sink", _sink));

    [Fact]
    public void A_key_that_throws_before_the_exchange_is_named() => AssertFails(
        "Local counts",
        sales => sales.KeyBy(sale => Throw<int>()).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts").Aggregate(w => w.Count())
            .To("results", _results));

    [Theory]
    [InlineData("Add", "Local counts")]
    [InlineData("SizeOf", "Local counts")]
    public void An_aggregate_that_throws_before_the_exchange_is_named(string method, string expected) => AssertFails(
        expected,
        sales => sales.KeyBy(sale => sale.Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts").Aggregate(new FailingAggregate(method))
            .To("results", _results));

    [Theory]
    [InlineData("Merge", false)]
    [InlineData("Result", false)]
    [InlineData("Add", true)]
    [InlineData("Result", true)]
    public void An_aggregate_that_throws_behind_the_exchange_is_named(string method, bool onePhase) => AssertFails(
        "counts",
        sales =>
        {
            WindowedStream<Sale, int> windows = sales.KeyBy(sale => sale.Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts");
            (onePhase ? windows.OnePhase() : windows).Aggregate(new FailingAggregate(method)).To("results", _results);
        },
        subtask: null);

    [Fact]
    public void The_taking_of_the_event_time_belongs_to_the_source() => AssertFails(
        "Source: sales",
        sales =>
        {
            ((SourceStream<Sale>)sales).Watermarks(new WatermarkStrategy<Sale> { EventTimeOf = sale => Throw<EventTime>() });
            sales.To("sink", _sink);
        });

    [Fact]
    public void A_reader_that_throws_is_named()
    {
        _source.Lifecycle.WorkFailure = new TestFailure();
        AssertFails("Source: sales", sales => sales.To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_writer_that_throws_is_named()
    {
        _sink.Lifecycle.WorkFailure = new TestFailure();
        AssertFails("Sink: sink", sales => sales.To("sink", _sink));
    }

    [Fact]
    public void A_writer_that_cannot_flush_is_named()
    {
        _sink.Lifecycle.FlushFailure = new TestFailure();
        AssertFails("Sink: sink", sales => sales.Map(sale => sale).To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_writer_that_cannot_be_made_is_named()
    {
        _sink.Lifecycle.CreateFailure = new TestFailure();
        AssertFails("Sink: sink", sales => sales.Map(sale => sale).To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_reader_that_cannot_be_made_is_named()
    {
        _source.Lifecycle.CreateFailure = new TestFailure();
        AssertFails("Source: sales", sales => sales.To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_reader_that_cannot_connect_is_named()
    {
        _source.Lifecycle.OpenFailure = new TestFailure();
        AssertFails("Source: sales", sales => sales.To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_writer_that_cannot_connect_is_named()
    {
        _sink.Lifecycle.OpenFailure = new TestFailure();
        AssertFails("Sink: sink", sales => sales.To("sink", _sink), subtask: null);
    }

    [Fact]
    public void A_failure_that_a_writer_reports_from_its_own_thread_is_named()
    {
        using JobHarness job = new(builder => Sales(builder).Map(sale => sale).To("sink", _sink), parallelism: 2);
        _sink.Fail(subtask: 1, new TestFailure());
        job.Run();
        AssertFailed(job, "Sink: sink", subtask: 1);
        Assert.Equal(TaskOutcome.Failed, Assert.Single(job.Outcomes).Value);
    }

    [Fact]
    public void A_failure_that_a_reader_reports_from_its_own_thread_is_named()
    {
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink), parallelism: 2);
        _source.Fail(subtask: 1, new TestFailure());
        job.Run();
        AssertFailed(job, "Source: sales", subtask: 1);
    }

    [Fact]
    public void Of_two_failures_of_a_task_the_first_counts()
    {
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink));
        _source.Fail(subtask: 0, new TestFailure());
        _sink.Fail(subtask: 0, new InvalidOperationException());
        job.Run();
        AssertFailed(job, "Source: sales", subtask: 0);
    }

    [Fact]
    public void A_source_that_cannot_be_closed_does_not_change_the_outcome()
    {
        _source.Lifecycle.CloseFailure = new TestFailure();
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink), parallelism: 2);
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.True(job.HasStopped);
    }

    [Fact]
    public void A_sink_that_cannot_be_closed_at_the_end_of_its_rows_fails_the_task()
    {
        _sink.Lifecycle.CloseFailure = new TestFailure();
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink));
        _source.EndAll();
        job.Run();
        AssertFailed(job, "Sink: sink", subtask: 0);
        Assert.True(job.HasStopped);
    }

    [Fact]
    public void A_sink_that_cannot_be_closed_after_a_cancel_does_not_change_the_outcome()
    {
        _sink.Lifecycle.CloseFailure = new TestFailure();
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink));
        job.Cancel();
        Assert.Null(job.Failure);
        Assert.Equal(TaskOutcome.Canceled, Assert.Single(job.Outcomes).Value);
        Assert.True(job.HasStopped);
    }

    [Fact]
    public void A_failure_of_a_sink_while_it_closes_fails_the_task_once()
    {
        _sink.Lifecycle.WaitsToClose = true;
        _sink.Lifecycle.CloseFailure = new InvalidOperationException();
        using JobHarness job = new(builder => Sales(builder).To("sink", _sink));
        _source.EndAll();
        job.Run();
        Assert.Empty(job.Outcomes);
        _sink.Fail(subtask: 0, new TestFailure());
        job.Run();
        _sink.Lifecycle.Close();
        job.Run();
        AssertFailed(job, "Sink: sink", subtask: 0);
        Assert.True(job.HasStopped);
    }

    private Stream<Sale> Sales(StreamBuilder job) => job.Source("sales", _source);

    private void AssertFails(string operatorName, Action<Stream<Sale>> define, int? subtask = 1)
    {
        using JobHarness job = new(builder => define(Sales(builder)), parallelism: 2);
        for (int i = 0; i < 10; i++)
        {
            _source.Push(new Sale(i, i * 1_000), i * 1_000, split: 1);
        }

        job.Run();
        _source.EndAll();
        job.Run();
        AssertFailed(job, operatorName, subtask);
        job.Cancel();
        Assert.True(job.HasStopped);
        Assert.Equal(_source.Lifecycle.Created, _source.Lifecycle.Closed + (_source.Lifecycle.CreateFailure is null ? 0 : 2));
    }

    private static void AssertFailed(JobHarness job, string operatorName, int? subtask)
    {
        Assert.NotNull(job.Failure);
        Assert.Equal(operatorName, job.Failure.Operator);
        Assert.IsType<TestFailure>(job.Failure.Cause);
        Assert.Equal(subtask ?? job.Failure.Task.Subtask, job.Failure.Task.Subtask);
        TaskId failed = job.Failure.Task;
        Assert.Equal(TaskOutcome.Failed, job.Outcomes[failed]);
    }

    private static T Throw<T>() => throw new TestFailure();
}
