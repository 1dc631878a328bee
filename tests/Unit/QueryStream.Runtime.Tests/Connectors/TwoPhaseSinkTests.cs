using QueryStream.Core;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Connectors;

public sealed class TwoPhaseSinkTests
{
    private readonly HarnessSource<int> _numbers = new(splits: 3);
    private readonly TransactionalSink<int> _sink = new();

    [Fact]
    public void Rows_are_visible_once_their_checkpoint_is_complete()
    {
        using JobHarness job = NewJob();
        Push(job, 1, 2);
        HarnessSnapshot snapshot = job.Snapshot();
        Push(job, 3);
        Assert.Empty(_sink.Visible);

        job.CompleteCheckpoint(snapshot);
        Assert.Equal([1, 2], _sink.Visible.Order());

        job.CompleteCheckpoint(job.Snapshot());
        Assert.Equal([1, 2, 3], _sink.Visible.Order());
        End(job);
    }

    [Fact]
    public void Rows_of_a_checkpoint_that_was_given_up_become_visible_with_the_next_one()
    {
        using JobHarness job = NewJob();
        Push(job, 1);
        job.AbortCheckpoint(job.Snapshot());
        Push(job, 2);
        Assert.Empty(_sink.Visible);
        Assert.NotEmpty(_sink.Aborted);

        job.CompleteCheckpoint(job.Snapshot());
        Assert.Equal([1, 2], _sink.Visible.Order());
        End(job);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_restored_job_shows_what_the_checkpoint_holds_and_nothing_that_came_after_it(int parallelism)
    {
        HarnessSnapshot snapshot;
        using (JobHarness first = NewJob(parallelism: 2))
        {
            Push(first, 1, 2);
            snapshot = first.Snapshot();
            Push(first, 3);
            _ = first.Snapshot();
        }

        Assert.Empty(_sink.Visible);
        using (JobHarness second = JobHarness.Restore(Define, snapshot, parallelism, checkpoints: true))
        {
            Assert.Equal([1, 2], _sink.Visible.Order());
        }

        using JobHarness third = JobHarness.Restore(Define, snapshot, parallelism, checkpoints: true);
        third.IsPinned = true;
        Assert.Equal([1, 2], _sink.Visible.Order());
        third.CompleteCheckpoint(third.Snapshot());
        Assert.Equal([1, 2, 3], _sink.Visible.Order());
        End(third);
    }

    [Fact]
    public void A_job_that_ends_waits_for_a_checkpoint_that_holds_its_last_rows()
    {
        using JobHarness job = NewJob();
        Push(job, 1);
        HarnessSnapshot before = job.Snapshot();
        Push(job, 2);
        _numbers.EndAll();
        job.Run();
        Assert.False(job.IsFinished);

        job.CompleteCheckpoint(before);
        Assert.Equal([1], _sink.Visible);
        Assert.False(job.IsFinished);

        job.CompleteCheckpoint(job.Snapshot());
        Assert.Equal([1, 2], _sink.Visible.Order());
        Assert.True(job.IsFinished);
    }

    [Fact]
    public void A_job_that_had_ended_before_its_restore_commits_what_its_checkpoint_holds()
    {
        HarnessSnapshot snapshot;
        using (JobHarness job = NewJob())
        {
            Push(job, 1);
            _numbers.EndAll();
            job.Run();
            snapshot = job.Snapshot();
        }

        Assert.Empty(_sink.Visible);

        using JobHarness restored = JobHarness.Restore(Define, snapshot, checkpoints: true);
        Assert.True(restored.IsFinished);
        Assert.Equal([1], _sink.Visible);
    }

    [Fact]
    public void A_sink_that_is_full_behind_a_barrier_does_not_hold_up_the_barrier_on_other_branches_of_its_task()
    {
        const int Keys = 10_000;
        _sink.HoldsOneCommittable = true;
        HarnessSink<WindowResult<int, long>> counts = new();
        using JobHarness job = new(
            builder =>
            {
                SourceStream<int> numbers = builder.Source("numbers", _numbers);
                numbers.To("sink", _sink);
                numbers.KeyBy(number => number).Window(Tumbling.Of(TimeSpan.FromHours(1))).Aggregate(all => all.Count()).To("counts", counts);
            },
            checkpoints: true)
        {
            IsPinned = true,
        };

        // The partial counts of these keys fill many batches, which the barrier must let go first.
        Push(job, [.. Enumerable.Range(0, Keys)]);
        job.CompleteCheckpoint(job.Snapshot());
        Assert.Equal(Keys, _sink.Visible.Count);
        End(job);
    }

    [Fact]
    public void Without_checkpoints_rows_become_visible_when_the_job_ends()
    {
        using JobHarness job = NewJob(checkpoints: false);
        Push(job, 1, 2);
        Assert.Empty(_sink.Visible);
        End(job);
        Assert.Equal([1, 2], _sink.Visible.Order());
    }

    [Fact]
    public void Every_row_becomes_visible_once_through_failures_at_any_point_in_any_parallelism()
    {
        for (ulong seed = 1; seed <= 150; seed++)
        {
            new Trial(seed).Run();
        }
    }

    private void Define(StreamBuilder job) => Define(job, _numbers, _sink);

    private static void Define(StreamBuilder job, HarnessSource<int> numbers, TransactionalSink<int> sink) =>
        job.Source("numbers", numbers).Rebalance().Map(number => number).To("sink", sink);

    private JobHarness NewJob(int parallelism = 1, bool checkpoints = true) => new(Define, parallelism, checkpoints: checkpoints) { IsPinned = true };

    private void Push(JobHarness job, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _numbers.Push(number, time: number, split: number % 3);
        }

        job.Run();
    }

    private void End(JobHarness job)
    {
        _numbers.EndAll();
        job.Run();
        if (!job.IsFinished)
        {
            job.CompleteCheckpoint(job.Snapshot());
        }

        Assert.True(job.IsFinished);
    }

    // Attempts of the job end at any step, also between the end of a snapshot and its completion, and restart from a completed checkpoint.
    private sealed class Trial(ulong seed)
    {
        private readonly SeededRandom _random = new(seed);
        private readonly HarnessSource<int> _numbers = new(splits: 3);
        private readonly TransactionalSink<int> _sink = new();
        private HarnessSnapshot? _complete;
        private int _pushed;

        public void Run()
        {
            JobHarness job = Start();
            for (int round = 0; round < 25; round++)
            {
                for (int i = _random.Next(5); i > 0; i--)
                {
                    _numbers.Push(_pushed, time: _pushed, split: _pushed % 3);
                    _pushed++;
                }

                job.Run(_random.Next(40));
                job = Step(job);
            }

            _numbers.EndAll();
            job.Run();
            if (!job.IsFinished)
            {
                job.CompleteCheckpoint(job.Snapshot());
            }

            Assert.True(job.IsFinished, $"seed {seed}");
            Assert.True(Enumerable.Range(0, _pushed).SequenceEqual(_sink.Visible.Order()), $"seed {seed}: {string.Join(",", _sink.Visible)}");
            job.Dispose();
        }

        private JobHarness Step(JobHarness job)
        {
            switch (_random.Next(4))
            {
                case 0:
                    HarnessSnapshot snapshot = job.Snapshot();
                    _complete = snapshot;
                    if (_random.Next(2) == 0)
                    {
                        job.Tell(TaskMessage.CheckpointCompleted(snapshot.State.Checkpoint));
                        job.Run(_random.Next(20));
                    }

                    return job;
                case 1:
                    job.AbortCheckpoint(job.Snapshot());
                    return job;
                case 2:
                    job.Cancel();
                    job.Dispose();
                    return Start();
                default:
                    return job;
            }
        }

        private JobHarness Start()
        {
            int parallelism = 1 + _random.Next(4);
            void DefineJob(StreamBuilder job) => Define(job, _numbers, _sink);
            ulong order = _random.Next();
            JobHarness job = _complete is null
                ? new JobHarness(DefineJob, parallelism, order, checkpoints: true)
                : JobHarness.Restore(DefineJob, _complete, parallelism, order, checkpoints: true);
            job.IsPinned = true;
            return job;
        }
    }
}
