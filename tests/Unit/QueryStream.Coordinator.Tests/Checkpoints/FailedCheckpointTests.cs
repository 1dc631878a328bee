using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>How checkpoints fail, and which failures are tolerated.</summary>
public sealed class FailedCheckpointTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_declined_checkpoint_is_aborted_and_fails_the_attempt_unless_failures_are_tolerated()
    {
        JobHandle job = await _harness.RunningAsync(("execution.checkpointing.tolerable-failed-checkpoints", "1"));
        _harness.Advance(10);
        _harness.Decline(job.Tasks[1], 1, new FormatException("no codec"));

        Assert.Equal([CheckpointHarness.Id(1)], _harness.AbortedIds);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal("Map (2/2) could not store its state: no codec", job.Checkpoints.LastFailed!.Failure);
        _harness.Advance(10);
        _harness.Decline(job.Tasks[0], 2, new CheckpointStorageException("full"));

        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Contains("2 checkpoints in a row", Assert.IsType<CheckpointFailedException>(job.RestartCause).Message, StringComparison.Ordinal);
        Assert.Equal((0, 2, 2), (job.Checkpoints.Completed, job.Checkpoints.Failed, job.Checkpoints.ConsecutiveFailures));
    }

    [Fact]
    public async Task A_complete_checkpoint_resets_the_count_of_failures()
    {
        JobHandle job = await _harness.RunningAsync(("execution.checkpointing.tolerable-failed-checkpoints", "1"));
        _harness.Advance(10);
        _harness.Decline(job.Tasks[1], 1, new FormatException("no codec"));
        _harness.CompleteNext(job);
        _harness.Advance(10);
        _harness.Decline(job.Tasks[1], 3, new FormatException("no codec"));

        Assert.Equal(JobStatus.Running, job.Status);
    }

    [Fact]
    public async Task By_default_all_failures_of_the_storage_are_tolerated_and_no_others()
    {
        JobHandle job = await _harness.RunningAsync();
        for (int checkpoint = 1; checkpoint <= 20; checkpoint++)
        {
            _harness.Advance(10);
            _harness.Decline(job.Tasks[1], checkpoint, new CheckpointStorageException("No space left on device"));
        }

        Assert.Equal((JobStatus.Running, 20), (job.Status, job.Checkpoints.ConsecutiveFailures));
        Assert.Equal(CheckpointStatistics.MaxHistory, job.Checkpoints.History.Count);
        Assert.Single(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("No space left", StringComparison.Ordinal));
        _harness.CompleteNext(job);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Information), line => line.Contains("complete again, after 20", StringComparison.Ordinal));
        _harness.Advance(10);
        _harness.Decline(job.Tasks[1], 22, new FormatException("no codec"));

        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task A_checkpoint_that_times_out_is_aborted_and_later_acknowledgements_are_ignored()
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.timeout", "30s"), ("execution.checkpointing.tolerable-failed-checkpoints", "5"));
        _harness.Advance(10);
        _harness.Acknowledge(job.Tasks[0], 1);
        _harness.Advance(29.999);
        Assert.Empty(_harness.AbortedIds);
        _harness.Advance(0.001);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.AbortedIds);
        Assert.Contains("3 of 4 tasks have not acknowledged it", job.Checkpoints.LastFailed!.Failure, StringComparison.Ordinal);
        Assert.Equal([1, 2], _harness.Triggers.Select(trigger => trigger.Checkpoint.Number));
        _harness.AcknowledgeAll(job, 1);
        Assert.Equal(0, _harness.Storage.Commits);
        Assert.Equal(0, job.Checkpoints.InProgress!.AcknowledgedTasks);
    }

    // The last part holds rows behind the barrier that the task had passed.
    [Fact]
    public async Task The_last_state_of_a_task_does_not_replace_a_lost_acknowledgement()
    {
        JobHandle job = await _harness.RunningAsync(("execution.checkpointing.tolerable-failed-checkpoints", "1"));
        _harness.Advance(10);
        _harness.Acknowledge(job.Tasks[1], 1);
        _harness.Acknowledge(job.Tasks[2], 1);
        _harness.Acknowledge(job.Tasks[3], 1);

        _harness.Acknowledge(job.Tasks[0], 0, lastBarrier: 1);

        Assert.Equal((0, 1), (job.Checkpoints.Completed, job.Checkpoints.Failed));
        Assert.Contains("(1/2) was lost", job.Checkpoints.LastFailed!.Failure, StringComparison.Ordinal);
        Assert.Equal(0, _harness.Storage.Commits);
    }

    [Fact]
    public async Task A_task_that_finishes_without_its_last_state_fails_the_attempt()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);

        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Contains("its final snapshot has not arrived", job.RestartCause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_repeated_under_its_id()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.LosesAnswers = true;
        _harness.CompleteNext(job);
        _harness.Advance(3);
        Assert.Empty(_harness.CompletedIds);
        _harness.Storage.LosesAnswers = false;
        _harness.Advance(1);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        Assert.Equal((1, 0), (job.Checkpoints.Completed, job.Checkpoints.Failed));
        Assert.Equal(5, _harness.Storage.Commits);
    }

    [Fact]
    public async Task A_long_failure_of_the_storage_fails_checkpoints_and_not_the_job()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.CommitFailure = new CheckpointStorageException("No space left on device");
        _harness.CompleteNext(job);
        _harness.Advance(60);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.AbortedIds);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Checkpoints.Failed));
        _harness.Storage.CommitFailure = null;
        _harness.AcknowledgeAll(job, 2);

        Assert.Equal([CheckpointHarness.Id(2)], _harness.CompletedIds);
        Assert.Equal([2], _harness.StoredIds(job));
    }

    [Fact]
    public async Task After_the_storage_has_lost_state_the_next_checkpoint_refers_to_no_earlier_one()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        _harness.Storage.Answer = new CommitResult.Incomplete("key k of Redis at localhost:6379");
        _harness.CompleteNext(job);
        Assert.Equal([CheckpointHarness.Id(2)], _harness.AbortedIds);
        Assert.Equal((JobStatus.Running, 1L), (job.Status, job.Checkpoints.Failed));
        Assert.Contains("there is no key k of Redis at localhost:6379", job.Checkpoints.LastFailed?.Failure, StringComparison.Ordinal);

        _harness.Storage.Answer = null;
        _harness.CompleteNext(job);
        _harness.CompleteNext(job);

        Assert.Equal([null, CheckpointHarness.Id(1), null, CheckpointHarness.Id(3)], _harness.Triggers.Select(trigger => trigger.Base));
        Assert.Equal([4], _harness.StoredIds(job));
    }

    [Fact]
    public async Task A_coordinator_that_is_fenced_fails_the_job_and_deletes_nothing()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        _harness.Storage.Answer = new CommitResult.Fenced(new Epoch(7));
        _harness.CompleteNext(job);

        Assert.Equal(JobStatus.Failing, job.Status);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        JobResult result = await job.Completion;
        Assert.Contains("its epoch is 7", Assert.IsType<CheckpointFailedException>(result.Failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_that_cannot_be_used_refuses_the_job()
    {
        _harness.Base.Files.Failure = new UnauthorizedAccessException("Access to the path '/checkpoints' is denied.");

        CheckpointStorageException refused = await Assert.ThrowsAsync<CheckpointStorageException>(() => _harness.RunningAsync());

        Assert.Contains("execution.checkpointing.dir", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, _harness.Base.Coordinator.Overview().FreeSlots);
    }
}
