using QueryStream.Core;
using QueryStream.Runtime.Tasks;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Jobs;

public sealed class TaskLifeTests
{
    private readonly HarnessSource<Sale> _source = new(splits: 3);
    private readonly HarnessSink<WindowResult<int, long>> _results = new();
    private readonly HarnessSink<Sale> _late = new();

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 100).Select(seed => (ulong)seed)];

    // The harness's disposal asserts that each task reported exactly one outcome, and that all batches were released.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_job_that_is_cancelled_at_any_point_closes_what_it_has_opened_once(ulong seed)
    {
        SeededRandom random = new(seed);
        using JobHarness job = JobHarness.Deploy(Define, parallelism: 1 + random.Next(3), seed);
        Disturb(job, random);
        job.Cancel();
        Assert.True(job.HasStopped);
        AssertClosed();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_task_that_fails_at_any_point_fails_once_and_the_others_can_be_cancelled(ulong seed)
    {
        SeededRandom random = new(seed);
        int parallelism = 1 + random.Next(3);
        using JobHarness job = JobHarness.Deploy(Define, parallelism, seed);
        Disturb(job, random);
        job.Run();
        bool someHadEnded = job.Outcomes.Count > 0;
        if (random.Next(2) == 0)
        {
            _source.Fail(random.Next(parallelism), new TestFailure());
        }
        else
        {
            _results.Fail(random.Next(parallelism), new TestFailure());
        }

        job.Run(random.Next(20));
        job.Cancel();
        Assert.True(job.HasStopped);
        Assert.True(job.Failure is not null || someHadEnded);
        AssertClosed();
    }

    [Fact]
    public void A_task_that_is_cancelled_before_it_runs_never_opens()
    {
        using JobHarness job = JobHarness.Deploy(Define, parallelism: 2);
        job.Run();
        job.Cancel();
        job.Tell(TaskMessage.Run);
        job.Run();
        Assert.True(job.HasStopped);
        Assert.Equal(0, _source.Lifecycle.Opened);
        Assert.All(job.Outcomes.Values, outcome => Assert.Equal(TaskOutcome.Canceled, outcome));
        AssertClosed();
    }

    [Fact]
    public void A_connector_is_not_closed_while_it_opens()
    {
        _source.Lifecycle.WaitsToOpen = true;
        using JobHarness job = new(Define, parallelism: 2);
        job.Cancel();
        Assert.Equal(0, _source.Lifecycle.Closed);
        Assert.False(job.HasStopped && job.Outcomes.Count == 4);
        _source.Lifecycle.Open();
        job.Run();
        Assert.True(job.HasStopped);
        Assert.False(job.IsRunning);
        AssertClosed();
    }

    [Fact]
    public void Repeated_run_and_cancel_messages_are_ignored()
    {
        using JobHarness job = new(Define, parallelism: 2);
        job.Tell(TaskMessage.Run);
        job.Run();
        job.Tell(TaskMessage.Cancel);
        job.Cancel();
        Assert.True(job.HasStopped);
        Assert.Equal(2, _source.Lifecycle.Opened);
        AssertClosed();
    }

    [Fact]
    public void A_finished_job_has_closed_its_connectors()
    {
        using JobHarness job = new(Define, parallelism: 3);
        _source.Push(new Sale(1, 1), 1);
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.True(job.HasStopped);
        AssertClosed();
    }

    [Fact]
    public void A_task_does_not_finish_before_its_sink_has_everything()
    {
        using JobHarness job = new(Define);
        _source.Push(new Sale(1, 1), 1);
        job.Run();
        _results.IsFull = true;
        _source.EndAll();
        job.Run();
        Assert.DoesNotContain(job.Outcomes, outcome => outcome.Key.Vertex == job.Graph.Vertices[^1].Id);
        _results.IsFull = false;
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Single(_results.Rows);
    }

    [Fact]
    public void A_job_without_rows_finishes()
    {
        using JobHarness job = new(Define, parallelism: 3);
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Empty(_results.Rows);
    }

    [Fact]
    public void More_subtasks_than_splits_finish_all()
    {
        using JobHarness job = new(Define, parallelism: 7);
        for (int i = 0; i < 100; i++)
        {
            _source.Push(new Sale(i, i), i, split: i % 3);
        }

        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(100, _results.Rows.Count);
    }

    private void Define(StreamBuilder job)
    {
        WatermarkStrategy<Sale> watermarks = new() { IdleAfter = TimeSpan.FromSeconds(2), AdvanceWhileIdle = true };
        WindowStream<Sale, int, long> windows = job.Source("sales", _source).Watermarks(watermarks)
            .KeyBy(sale => sale.Key).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Early(TimeSpan.FromSeconds(1)).Aggregate(w => w.Count());
        windows.To("results", _results);
        windows.Late.To("late", _late);
    }

    private void Disturb(JobHarness job, SeededRandom random)
    {
        job.Run(random.Next(10));
        job.Tell(TaskMessage.Run);
        job.Run(random.Next(random.Next(2) == 0 ? 10 : 200));
        _source.ElementsPerPoll = 1 + random.Next(500);
        _results.IsFull = random.Next(3) == 0;
        for (int i = random.Next(6); i > 0; i--)
        {
            for (int row = 0; row < 500; row++)
            {
                long time = (i * -1_000) + random.Next(2_000);
                _source.Push(new Sale(random.Next(1_000), time), time, random.Next(3));
            }

            job.Run(random.Next(200));
            if (random.Next(2) == 0)
            {
                // Not Advance, which would run everything that is due.
                job.Executor.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(3_000)));
            }
        }

        if (random.Next(3) == 0)
        {
            _source.EndAll();
            job.Run(random.Next(100));
        }
    }

    private void AssertClosed()
    {
        Assert.Equal(_source.Lifecycle.Created, _source.Lifecycle.Closed);
        Assert.Equal(_results.Lifecycle.Created, _results.Lifecycle.Closed);
        Assert.Equal(_late.Lifecycle.Created, _late.Lifecycle.Closed);
    }
}
