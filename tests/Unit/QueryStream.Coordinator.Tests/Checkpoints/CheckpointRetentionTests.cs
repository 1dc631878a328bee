using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>Which checkpoints and segments are kept, and when the others are deleted.</summary>
public sealed class CheckpointRetentionTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Only_the_newest_checkpoints_are_retained_with_their_segments()
    {
        JobHandle job = await _harness.RunningAsync(("execution.checkpointing.num-retained", "2"));
        for (int i = 0; i < 4; i++)
        {
            _harness.CompleteNext(job);
        }

        Assert.Equal([3, 4], _harness.StoredIds(job));
        Assert.Equal([3, 3, 3, 3, 4, 4, 4, 4], _harness.StoredSegments(job));
    }

    [Fact]
    public async Task Segments_of_an_aborted_checkpoint_are_deleted_when_the_next_one_completes()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);
        _harness.Acknowledge(job.Tasks[0], 1);
        _harness.Decline(job.Tasks[1], 1, new CheckpointStorageException("full"));
        Assert.Equal([1], _harness.StoredSegments(job));

        _harness.CompleteNext(job);

        Assert.Equal([2, 2, 2, 2], _harness.StoredSegments(job));
    }

    [Fact]
    public async Task A_failed_deletion_is_repeated_when_the_next_checkpoint_completes()
    {
        JobHandle job = await _harness.RunningAsync();
        CompleteTwoWithoutDeleting(job);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("could not be deleted", StringComparison.Ordinal));

        _harness.CompleteNext(job);

        Assert.Equal([3], _harness.StoredIds(job));
        Assert.Equal([3, 3, 3, 3], _harness.StoredSegments(job));
    }

    [Fact]
    public async Task A_job_that_retains_its_last_checkpoint_deletes_overtaken_ones_when_it_ends()
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"));
        CompleteTwoWithoutDeleting(job);

        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);

        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        Assert.Equal([2], _harness.StoredIds(job));
        Assert.Equal([2, 2, 2, 2], _harness.StoredSegments(job));
    }

    [Fact]
    public async Task A_commit_that_succeeds_after_it_was_given_up_is_deleted_when_a_newer_checkpoint_completes()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.LosesAnswers = true;
        _harness.CompleteNext(job);
        _harness.Advance(60);
        Assert.Equal([1], _harness.StoredIds(job));
        _harness.Storage.LosesAnswers = false;
        _harness.AcknowledgeAll(job, 2);

        Assert.Equal([2], _harness.StoredIds(job));
        Assert.Equal([2, 2, 2, 2], _harness.StoredSegments(job));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_the_job_during_a_checkpoint_is_no_failure_and_leaves_nothing(bool hasOneBefore)
    {
        JobHandle job = await _harness.RunningAsync();
        if (hasOneBefore)
        {
            _harness.CompleteNext(job);
        }

        _harness.Advance(10);
        _harness.Acknowledge(job.Tasks[0], hasOneBefore ? 2 : 1);
        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);

        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Canceled, 0L), (result.Status, result.Checkpoints.Failed));
        Assert.Null(result.Checkpoints.InProgress);
        Assert.Empty(_harness.StoredIds(job));
        Assert.Empty(_harness.StoredSegments(job));
        Assert.Empty(_harness.Base.Logs.Of(LogLevel.Warning));
    }

    [Theory]
    [InlineData("NO_EXTERNALIZED_CHECKPOINTS", JobStatus.Canceled, false)]
    [InlineData("NO_EXTERNALIZED_CHECKPOINTS", JobStatus.Failed, false)]
    [InlineData("NO_EXTERNALIZED_CHECKPOINTS", JobStatus.Finished, false)]
    [InlineData("DELETE_ON_CANCELLATION", JobStatus.Canceled, false)]
    [InlineData("DELETE_ON_CANCELLATION", JobStatus.Failed, true)]
    [InlineData("DELETE_ON_CANCELLATION", JobStatus.Finished, false)]
    [InlineData("RETAIN_ON_CANCELLATION", JobStatus.Canceled, true)]
    [InlineData("RETAIN_ON_CANCELLATION", JobStatus.Failed, true)]
    [InlineData("RETAIN_ON_CANCELLATION", JobStatus.Finished, false)]
    public async Task The_retention_setting_decides_whether_checkpoints_outlast_their_job(string retention, JobStatus end, bool stays)
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.externalized-checkpoint-retention", retention), ("restart-strategy.type", "none"));
        _harness.CompleteNext(job);
        switch (end)
        {
            case JobStatus.Canceled:
                _harness.Base.Cancel(job);
                _harness.Base.ReportAll(job, ExecutionState.Canceled);
                break;
            case JobStatus.Failed:
                _harness.FailAttempt(job);
                break;
            default:
                foreach (TaskInfo task in job.Tasks)
                {
                    _harness.Acknowledge(task, 0);
                }

                _harness.Base.ReportAll(job, ExecutionState.Finished);
                break;
        }

        Assert.Equal(end, (await job.Completion).Status);
        Assert.Equal(stays ? [1L] : [], _harness.StoredIds(job));
        Assert.Equal(stays ? 4 : 0, _harness.StoredSegments(job).Count);
    }

    // The first checkpoint stays although it is overtaken: its deletion fails.
    private void CompleteTwoWithoutDeleting(JobHandle job)
    {
        _harness.CompleteNext(job);
        _harness.Advance(10);
        _harness.Storage.Gate = new TaskCompletionSource();
        _harness.AcknowledgeAll(job, 2);
        _harness.Base.Files.Failure = new UnauthorizedAccessException("read-only");
        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();
        _harness.Base.Files.Failure = null;
        Assert.Equal([1, 2], _harness.StoredIds(job));
    }
}
