using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>A job that stops with a savepoint: nothing after its barrier counts, and everything before it is committed.</summary>
public sealed class StopTests
{
    private readonly HarnessSource<int> _first = new(splits: 2);
    private readonly HarnessSource<int> _second = new(splits: 2);
    private readonly TransactionalSink<string> _sink = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public void A_suspended_job_reads_nothing_after_the_barrier_and_the_next_one_goes_on_there(int before, int after)
    {
        HarnessSnapshot savepoint;
        using (JobHarness job = new(Define, before, checkpoints: true) { IsPinned = true })
        {
            Push(job, 1, 2, 60);
            savepoint = job.Stop();
            Push(job, 3, 4);
            Assert.Equal(8, _first.Waiting + _second.Waiting);
            Assert.False(job.IsFinished);

            job.CompleteCheckpoint(savepoint);
            Assert.True(job.IsFinished);
            Assert.Null(job.Failure);
            Assert.Equal(["0: 8"], _sink.Visible);
        }

        using JobHarness restored = JobHarness.Restore(Define, savepoint, after, checkpoints: true);
        Push(restored, 70, 200);
        restored.CompleteCheckpoint(restored.Snapshot());

        // 3 and 4 are late: their window had fired before the savepoint.
        Assert.Equal(["0: 8", "50: 8"], _sink.Visible);
    }

    [Fact]
    public void A_job_whose_suspension_is_aborted_reads_on_and_loses_nothing()
    {
        using JobHarness job = new(Define, parallelism: 2, checkpoints: true) { IsPinned = true };
        Push(job, 1, 60);
        HarnessSnapshot savepoint = job.Stop();
        Push(job, 61, 200);
        Assert.Empty(_sink.Visible);

        job.AbortCheckpoint(savepoint);
        job.CompleteCheckpoint(job.Snapshot());

        Assert.Equal(["0: 4", "50: 8"], _sink.Visible);
        Assert.False(job.IsFinished);
    }

    [Fact]
    public void A_drained_job_fires_all_windows_before_the_barrier_and_finishes()
    {
        using JobHarness job = new(Define, parallelism: 2, checkpoints: true) { IsPinned = true };
        Push(job, 1, 60, 61);
        HarnessSnapshot savepoint = job.Stop(drain: true);
        Push(job, 62);
        Assert.Empty(_sink.Visible);

        job.CompleteCheckpoint(savepoint);

        Assert.Equal(["0: 4", "50: 8"], _sink.Visible.Order(StringComparer.Ordinal));
        Assert.True(job.IsFinished);
        Assert.Null(job.Failure);
    }

    [Fact]
    public void A_drained_job_calls_OnEnd_of_functions_once_and_before_the_barrier()
    {
        using JobHarness job = new(
            builder => builder.Source("first", _first).Process(() => new LastRow(), "last").To("results", _sink), 2, checkpoints: true);
        _first.Push(7, time: 7, split: 0);
        _first.Push(8, time: 8, split: 1);
        job.Run();
        HarnessSnapshot savepoint = job.Stop(drain: true);
        Assert.Empty(_sink.Visible);

        job.CompleteCheckpoint(savepoint);

        Assert.Equal(["last: 7", "last: 8"], _sink.Visible.Order(StringComparer.Ordinal));
        Assert.True(job.IsFinished);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_draining_barrier_waits_for_asynchronous_answers_and_others_do_not(bool drain)
    {
        TaskCompletionSource<string> answer = new();
        using JobHarness job = new(
            builder => builder.Source("first", _first).MapAsync((_, _) => answer.Task, name: "ask").To("results", _sink), 1, checkpoints: true);
        _first.Push(7, time: 7, split: 0);
        job.Run();

        if (drain)
        {
            Assert.Contains("did not pass", Assert.Throws<InvalidOperationException>(() => job.Stop(drain: true)).Message, StringComparison.Ordinal);
        }
        else
        {
            job.Stop();
        }

        answer.SetResult("seven");
    }

    [Fact]
    public void A_job_that_starts_from_a_drained_savepoint_reads_on_and_counts_anew()
    {
        HarnessSnapshot savepoint;
        using (JobHarness job = new(Define, parallelism: 2, checkpoints: true) { IsPinned = true })
        {
            Push(job, 1, 60);
            savepoint = job.Stop(drain: true);
            job.CompleteCheckpoint(savepoint);
        }

        _sink.Visible.Clear();
        using JobHarness restored = JobHarness.Restore(Define, savepoint, parallelism: 1, checkpoints: true);
        Push(restored, 62, 200);
        restored.CompleteCheckpoint(restored.Snapshot());

        Assert.Equal(["50: 4"], _sink.Visible);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_source_that_has_never_read_a_row_and_one_that_has_ended_do_not_keep_the_job_from_stopping(bool drain)
    {
        using JobHarness job = new(Define, parallelism: 2, checkpoints: true) { IsPinned = true };
        _first.Push(1, time: 1, split: 0);
        _first.Push(2, time: 2, split: 1);
        _first.EndAll();
        job.Run();

        HarnessSnapshot savepoint = job.Stop(drain);
        job.CompleteCheckpoint(savepoint);

        Assert.True(job.IsFinished);
        Assert.Equal(drain ? ["0: 2"] : new string[0], _sink.Visible);
    }

    [Fact]
    public void A_subtask_that_has_ended_while_another_has_not_stops_with_the_savepoint()
    {
        HarnessSnapshot savepoint;
        using (JobHarness job = new(Define, parallelism: 2, checkpoints: true) { IsPinned = true })
        {
            Push(job, 1);
            _first.End(0);
            job.Run();
            savepoint = job.Stop();
            job.CompleteCheckpoint(savepoint);
            Assert.True(job.IsFinished);
            Assert.Null(job.Failure);
        }

        using JobHarness restored = JobHarness.Restore(Define, savepoint, parallelism: 2, checkpoints: true);
        _first.End(1);
        _second.EndAll();
        restored.Run();
        restored.CompleteCheckpoint(restored.Snapshot());
        Assert.Equal(["0: 4"], _sink.Visible);
        Assert.True(restored.IsFinished);
    }

    [Fact]
    public void An_input_that_ends_behind_the_barrier_leaves_its_last_rows_to_the_next_run()
    {
        HarnessSnapshot savepoint;
        using (JobHarness job = new(Define, parallelism: 1, checkpoints: true) { IsPinned = true })
        {
            Push(job, 1);
            savepoint = job.Stop();
            _first.EndAll();
            _second.EndAll();
            job.Run();
            Assert.False(job.IsFinished);
            job.CompleteCheckpoint(savepoint);
            Assert.True(job.IsFinished);
            Assert.Empty(_sink.Visible);
        }

        using JobHarness restored = JobHarness.Restore(Define, savepoint, parallelism: 1, checkpoints: true);
        restored.Run();
        restored.CompleteCheckpoint(restored.Snapshot());
        Assert.Equal(["0: 4"], _sink.Visible);
        Assert.True(restored.IsFinished);
    }

    // A row in each of the four splits.
    private void Push(JobHarness job, params ReadOnlySpan<int> times)
    {
        foreach (int time in times)
        {
            for (int split = 0; split < 2; split++)
            {
                _first.Push(time, time, split);
                _second.Push(time, time, split);
            }
        }

        job.Run();
    }

    private void Define(StreamBuilder builder)
    {
        WatermarkStrategy<int> strategy = new();
        Stream<int> first = builder.Source("first", _first).Watermarks(strategy);
        Stream<int> second = builder.Source("second", _second).Watermarks(strategy);
        first.Union(second).KeyBy(_ => 0)
            .Window(Tumbling.Of(TimeSpan.FromMilliseconds(50))).Named("counts").Aggregate(all => all.Count())
            .Map(result => FormattableString.Invariant($"{result.Window.Start.Milliseconds}: {result.Value}")).To("results", _sink);
    }

    private sealed class LastRow : ProcessFunction<int, string>
    {
        private int _last;

        public override void Process(in int row, ProcessContext<string> context) => _last = row;

        public override void OnEnd(ProcessContext<string> context) => context.Emit(FormattableString.Invariant($"last: {_last}"));
    }
}
