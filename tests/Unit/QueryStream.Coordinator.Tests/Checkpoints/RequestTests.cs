using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>When a checkpoint is triggered that an operator asks for. The interval is an hour.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_checkpoint_that_an_operator_asks_for_is_triggered_at_once_and_the_interval_begins_anew()
    {
        JobHandle job = await RunningAsync();
        _harness.Advance(1_800);
        Ask(job, lastBarrier: 0);

        Assert.Equal([1L], Triggered);
        Assert.Equal(1, job.Checkpoints.Requested);
        Assert.Contains(
            _harness.Base.Logs.Of(LogLevel.Debug), line => line.Contains("asks for a checkpoint: it is half full", StringComparison.Ordinal));
        _harness.AcknowledgeAll(job, 1);
        _harness.Advance(3_599.999);
        Assert.Equal([1L], Triggered);
        _harness.Advance(0.001);
        Assert.Equal([1L, 2], Triggered);
    }

    [Fact]
    public async Task While_one_is_under_way_whose_barrier_is_still_to_come_none_other_is_taken()
    {
        JobHandle job = await RunningAsync();
        Ask(job, lastBarrier: 0);
        Ask(job, lastBarrier: 0);
        _harness.AcknowledgeAll(job, 1);
        _harness.Advance(60);

        Assert.Equal([1L], Triggered);
        Assert.Equal(2, job.Checkpoints.Requested);
    }

    [Fact]
    public async Task While_one_is_under_way_whose_barrier_has_passed_the_operator_the_next_one_waits_for_its_end()
    {
        JobHandle job = await RunningAsync();
        Ask(job, lastBarrier: 0);
        Ask(job, lastBarrier: 1);
        Assert.Equal([1L], Triggered);

        _harness.AcknowledgeAll(job, 1);
        Assert.Equal([1L, 2], Triggered);
        _harness.AcknowledgeAll(job, 2);
        _harness.Advance(60);
        Assert.Equal([1L, 2], Triggered);
    }

    [Fact]
    public async Task The_minimum_pause_is_kept()
    {
        JobHandle job = await RunningAsync(("execution.checkpointing.min-pause", "5s"));
        Ask(job, lastBarrier: 0);
        _harness.AcknowledgeAll(job, 1);
        Ask(job, lastBarrier: 1);
        _harness.Advance(4.999);
        Assert.Equal([1L], Triggered);

        _harness.Advance(0.001);
        Assert.Equal([1L, 2], Triggered);
    }

    [Fact]
    public async Task After_failures_a_request_waits_longer_each_time_and_no_longer_once_one_has_completed()
    {
        JobHandle job = await RunningAsync();
        Ask(job, lastBarrier: 0);
        double delay = 1;
        for (int checkpoint = 1; checkpoint <= 9; checkpoint++)
        {
            _harness.Decline(job.Tasks[1], checkpoint, new CheckpointStorageException("full"));
            Ask(job, lastBarrier: 0);
            _harness.Advance(delay - 0.001);
            Assert.Equal(checkpoint, Triggered.Length);
            _harness.Advance(0.001);
            Assert.Equal(checkpoint + 1, Triggered.Length);
            delay = Math.Min(64, delay * 2);
        }

        _harness.AcknowledgeAll(job, 10);
        Ask(job, lastBarrier: 10);
        Assert.Equal(11, Triggered.Length);
    }

    // Its sinks commit nothing, so it makes no room.
    [Fact]
    public async Task A_savepoint_does_not_stand_for_the_checkpoint()
    {
        JobHandle job = await RunningAsync();
        Task<string> savepoint = job.TakeSavepointAsync("file:///savepoints");
        _harness.Base.Executor.RunUntilIdle();
        Ask(job, lastBarrier: 0);
        Assert.Equal([1L], Triggered);

        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[0].Storage);
        Assert.StartsWith("file:///savepoints/", await savepoint, StringComparison.Ordinal);
        Assert.Equal([1L, 2], Triggered);
    }

    [Fact]
    public async Task A_request_before_all_tasks_run_waits_for_them_and_one_of_a_failed_attempt_is_forgotten()
    {
        JobHandle job = await _harness.Base.SubmitAsync(_harness.Submission(Options()));
        _harness.Base.Deployed(job);
        Ask(job, lastBarrier: 0);
        Assert.Empty(Triggered);
        _harness.Base.ReportAll(job, ExecutionState.Running);
        Assert.Equal([1L], Triggered);

        Ask(job, lastBarrier: 1);
        _harness.FailAttempt(job);
        _harness.Advance(10);
        _harness.Run(job, attempt: 1);
        _harness.Advance(60);
        Assert.Equal([1L], Triggered);
        Ask(job, lastBarrier: 0);
        Assert.Equal(1, job.Checkpoints.Requested - 1);
        Assert.Equal([1L], Triggered);
    }

    [Fact]
    public async Task A_job_without_checkpoints_ignores_the_request_and_says_so()
    {
        JobHandle job = await _harness.RunningAsync((CheckpointHarness.Dir, ""));
        Ask(job, lastBarrier: 0);

        Assert.Empty(Triggered);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Debug), line => line.Contains("ignored, since the job takes none", StringComparison.Ordinal));
        Assert.Equal(JobStatus.Running, job.Status);
    }

    private long[] Triggered => [.. _harness.Triggers.Select(trigger => trigger.Checkpoint.Number)];

    private static ExecutionOptions Options(params (string, string)[] settings) =>
        CheckpointHarness.Options([("execution.checkpointing.interval", "1h"), .. settings]);

    private Task<JobHandle> RunningAsync(params (string, string)[] settings) => _harness.RunningAsync(_harness.Submission(Options(settings)));

    private void Ask(JobHandle job, long lastBarrier, int attempt = 0)
    {
        TaskInfo task = job.Tasks[^1];
        _harness.Base.Tell(
            CoordinatorHarness.WorkerOf(task),
            new CheckpointRequested(task.Task, new Attempt(attempt), new CheckpointId(lastBarrier), "sink", "it is half full"));
    }
}
