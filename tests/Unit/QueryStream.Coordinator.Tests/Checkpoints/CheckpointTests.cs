using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>When checkpoints are triggered, completed and aborted, and what is kept of them.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_checkpoint_is_triggered_on_all_workers_an_interval_after_all_tasks_run()
    {
        JobHandle job = await _harness.Base.SubmitAsync(_harness.Submission(CheckpointHarness.Options()));
        _harness.Base.Deployed(job);
        _harness.Advance(60);
        Assert.Empty(_harness.Triggers);

        _harness.Base.ReportAll(job, ExecutionState.Running);
        _harness.Advance(9.999);
        Assert.Empty(_harness.Triggers);
        _harness.Advance(0.001);

        TriggerCheckpoint trigger = Assert.Single(_harness.Triggers);
        Assert.Equal(
            new TriggerCheckpoint(
                job.Id, default, new CheckpointId(1), CheckpointKind.Checkpoint, TestStorage.StorageAddress, new Epoch(1), Base: null, Stop: null),
            trigger);
        Assert.Equal(trigger, Assert.Single(_harness.Base.SentTo<TriggerCheckpoint>(1)));
        DeployTasks deployed = _harness.Base.SentTo<DeployTasks>(0).Single();
        Assert.Equal(new CheckpointPlan(new Epoch(1), TestStorage.StorageAddress, CheckpointMode.ExactlyOnce), deployed.Checkpoints);
        Assert.Null(deployed.Restore);
    }

    [Fact]
    public async Task A_job_without_a_directory_takes_none_and_says_so_once()
    {
        JobHandle job = await _harness.RunningAsync((CheckpointHarness.Dir, ""));

        _harness.Advance(600);

        Assert.Empty(_harness.Triggers);
        Assert.Null(_harness.Base.SentTo<DeployTasks>(0).Single().Checkpoints);
        Assert.Single(_harness.Base.Logs.Of(LogLevel.Information), line => line.Contains("takes no checkpoints", StringComparison.Ordinal));
        Assert.Equal(JobStatus.Running, job.Status);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(3, "Map: 20 rows in, 12 out, 0 filtered, 0 late, 4 dead-lettered, 0 absorbed, 4 missing")]
    public async Task A_checkpoint_with_rows_missing_completes_and_is_logged_as_a_defect(int rowsOut, string? expected)
    {
        JobHandle job = await _harness.RunningAsync();

        // Of each of the four tasks.
        _harness.Ledger = new OperatorLedger(new OperatorId(7), new VertexId(8), "Map")
        {
            PassesRows = true,
            RowsIn = 5,
            RowsOut = rowsOut,
            DeadLettered = 1,
        };

        _harness.CompleteNext(job);

        Assert.Equal(1, job.Checkpoints.Completed);
        string[] defects = [.. _harness.Base.Logs.Of(LogLevel.Error)];
        Assert.Equal(expected is null ? 0 : 1, defects.Length);
        Assert.All(defects, line => Assert.EndsWith(expected!, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_complete_when_its_manifest_is_committed_and_not_when_the_last_task_has_acknowledged()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);
        _harness.Storage.Gate = new TaskCompletionSource();

        foreach (TaskInfo task in job.Tasks)
        {
            Assert.Equal(0, _harness.Storage.Commits);
            _harness.Acknowledge(task, 1);
        }

        Assert.Equal(1, _harness.Storage.Commits);
        Assert.Empty(_harness.CompletedIds);
        Assert.Equal((4, 4), (job.Checkpoints.InProgress!.AcknowledgedTasks, job.Checkpoints.InProgress.Tasks));
        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal(("two vertices", new Epoch(1), 4), (manifest.JobName, manifest.Epoch, manifest.Segments.Count()));
        CheckpointInfo info = job.Checkpoints.LastCompleted!;
        Assert.Equal((CheckpointStatus.Completed, 32, 32), (info.Status, info.StateBytes, info.WrittenBytes));
        Assert.Equal($"file://{TestStorage.Root}/{job.Id}/chk-1", info.Path);
        Assert.Equal([info], job.Checkpoints.History);
        Assert.Equal((1, 0, null), (job.Checkpoints.Completed, job.Checkpoints.Failed, job.Checkpoints.InProgress));
    }

    [Fact]
    public async Task The_next_one_may_refer_to_the_chunks_of_the_last_complete_one()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.CompleteNext(job);
        _harness.CompleteNext(job);

        Assert.Equal([null, new CheckpointId(1)], _harness.Triggers.Select(trigger => trigger.Base));
    }

    [Theory]
    [InlineData("10s", "0s", 3, 10)]
    [InlineData("10s", "0s", 25, 25)]
    [InlineData("10s", "5s", 3, 10)]
    [InlineData("10s", "9s", 3, 12)]
    public async Task The_next_one_waits_for_the_interval_since_the_trigger_and_the_pause_since_the_end(
        string interval, string pause, double takes, double expected)
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.interval", interval), ("execution.checkpointing.min-pause", pause));
        _harness.Advance(10);
        _harness.Advance(takes);
        Assert.Single(_harness.Triggers);
        _harness.AcknowledgeAll(job, 1);

        if (expected > takes)
        {
            _harness.Advance(expected - takes - 0.001);
            Assert.Single(_harness.Triggers);
            _harness.Advance(0.001);
        }

        Assert.Equal(2, _harness.Triggers.Count);
    }

    [Fact]
    public async Task A_declined_one_is_aborted_and_fails_the_attempt_unless_failures_are_tolerated()
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
        Assert.Equal((0, 2, 2), (job.Checkpoints.Completed, job.Checkpoints.Failed, job.Checkpoints.FailedInRow));
    }

    [Fact]
    public async Task A_complete_one_between_two_failures_starts_the_count_again()
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
    public async Task Unless_a_number_is_set_any_number_of_failures_of_the_storage_is_tolerated_and_no_other()
    {
        JobHandle job = await _harness.RunningAsync();
        for (int checkpoint = 1; checkpoint <= 20; checkpoint++)
        {
            _harness.Advance(10);
            _harness.Decline(job.Tasks[1], checkpoint, new CheckpointStorageException("No space left on device"));
        }

        Assert.Equal((JobStatus.Running, 20), (job.Status, job.Checkpoints.FailedInRow));
        Assert.Equal(CheckpointStatistics.MaxHistory, job.Checkpoints.History.Count);
        Assert.Single(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("No space left", StringComparison.Ordinal));
        _harness.CompleteNext(job);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Information), line => line.Contains("complete again, after 20", StringComparison.Ordinal));
        _harness.Advance(10);
        _harness.Decline(job.Tasks[1], 22, new FormatException("no codec"));

        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_aborted_and_what_comes_later_is_ignored()
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

    [Fact]
    public async Task A_part_that_comes_twice_does_not_stand_for_another()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);

        for (int i = 0; i < 4; i++)
        {
            _harness.Acknowledge(job.Tasks[0], 1);
        }

        Assert.Equal(0, _harness.Storage.Commits);
    }

    [Fact]
    public async Task The_last_part_of_an_ended_task_is_in_every_later_one_and_one_that_ends_meanwhile_is_not_waited_for()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Acknowledge(job.Tasks[0], 0);
        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);
        _harness.Advance(10);
        Assert.Equal(3, job.Checkpoints.InProgress!.Tasks);
        _harness.Acknowledge(job.Tasks[1], 0);
        _harness.Acknowledge(job.Tasks[2], 1);
        _harness.Acknowledge(job.Tasks[3], 1);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal([0, 0, 1, 1], manifest.Segments.Select(segment => segment.Checkpoint.Number).Order());
        Assert.Equal(
            [true, true, false, false], manifest.State.Progress.SelectMany(vertex => vertex.Value).Select(task => task.HasEnded).OrderDescending());
        Assert.Equal(1, job.Tasks.Count(task => task.State == ExecutionState.Finished));

        // The task that has acknowledged its end, without having reported it yet, is not asked again.
        _harness.Advance(10);
        Assert.Equal(2, job.Checkpoints.InProgress!.Tasks);
        _harness.Acknowledge(job.Tasks[2], 2);
        _harness.Acknowledge(job.Tasks[3], 2);
        Assert.Equal([0, 0, 2, 2], _harness.StoredSegments(job));
    }

    // The last part holds rows behind the barrier that the task had passed.
    [Fact]
    public async Task The_last_part_of_a_task_does_not_stand_for_an_acknowledgement_that_was_lost()
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
    public async Task A_task_that_has_finished_without_its_last_part_fails_the_attempt()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);

        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Contains("its last state has not arrived", job.RestartCause!.Message, StringComparison.Ordinal);
    }

    // A sink that commits with checkpoints stays until one holds its last rows.
    [Fact]
    public async Task One_is_taken_although_all_tasks_that_are_left_have_reported_their_last_part()
    {
        JobHandle job = await _harness.RunningAsync();
        foreach (TaskInfo task in job.Tasks)
        {
            _harness.Acknowledge(task, 0);
        }

        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);
        _harness.Advance(10);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal([0, 0, 0, 0], manifest.Segments.Select(segment => segment.Checkpoint.Number));
    }

    [Fact]
    public async Task Only_the_newest_are_retained_with_the_segments_that_they_name()
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
    public async Task What_an_aborted_one_has_written_is_deleted_with_the_next_complete_one()
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
    public async Task What_could_not_be_deleted_is_deleted_with_the_next_complete_one()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        _harness.Advance(10);
        _harness.Storage.Gate = new TaskCompletionSource();
        _harness.AcknowledgeAll(job, 2);
        _harness.Base.Files.Failure = new UnauthorizedAccessException("read-only");
        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();
        _harness.Base.Files.Failure = null;
        Assert.Equal([1, 2], _harness.StoredIds(job));
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("could not be deleted", StringComparison.Ordinal));

        _harness.CompleteNext(job);

        Assert.Equal([3], _harness.StoredIds(job));
        Assert.Equal([3, 3, 3, 3], _harness.StoredSegments(job));
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
    public async Task A_storage_that_fails_for_long_fails_checkpoints_and_not_the_job()
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
    public async Task A_commit_that_is_given_up_and_lands_all_the_same_is_deleted_when_a_newer_one_is_complete()
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

    [Fact]
    public async Task After_the_storage_has_lost_state_the_next_checkpoint_refers_to_none_before_it()
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_checkpoint_under_way_when_the_job_is_cancelled_has_not_failed_and_leaves_nothing(bool hasOneBefore)
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

    [Fact]
    public async Task A_coordinator_that_is_overtaken_fails_the_job_and_deletes_nothing()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        _harness.Storage.Answer = new CommitResult.Overtaken(new Epoch(7));
        _harness.CompleteNext(job);

        Assert.Equal(JobStatus.Failing, job.Status);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        JobResult result = await job.Completion;
        Assert.Contains("its epoch is 7", Assert.IsType<CheckpointFailedException>(result.Failure).Message, StringComparison.Ordinal);
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
    public async Task What_becomes_of_checkpoints_when_the_job_has_ended(string retention, JobStatus end, bool stays)
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

    [Fact]
    public async Task A_storage_that_cannot_be_used_refuses_the_job()
    {
        _harness.Base.Files.Failure = new UnauthorizedAccessException("Access to the path '/checkpoints' is denied.");

        CheckpointStorageException refused = await Assert.ThrowsAsync<CheckpointStorageException>(() => _harness.RunningAsync());

        Assert.Contains("execution.checkpointing.dir", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, _harness.Base.Coordinator.Overview().FreeSlots);
    }
}
