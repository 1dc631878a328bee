using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>Which failures restart a job, when, and from what.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_failed_task_restarts_the_job_from_the_last_checkpoint_when_all_tasks_have_ended_and_the_delay_is_over()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.CompleteNext(job);

        _harness.Base.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("bad row"));
        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Equal(default, _harness.Base.SentTo<CancelTasks>(1).Single().Attempt);
        _harness.Advance(10);
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));
        _harness.Base.ReportAll(job, ExecutionState.Canceled);

        DeployTasks second = _harness.Base.SentTo<DeployTasks>(0).Last();
        Assert.Equal(new Attempt(1), second.Attempt);
        Assert.Equal(new RestorePlan(TestStorage.StorageAddress, job.Id, new CheckpointId(1)), second.Restore);
        Assert.Equal(JobStatus.Restarting, job.Status);
        _harness.Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Restarts));
        Assert.Equal($"file://{TestStorage.Root}/{job.Id}/chk-1", job.Checkpoints.RestoredFrom);
        Assert.Contains("bad row", job.RestartCause!.Message, StringComparison.Ordinal);

        // Ids rise over all attempts, and the chunks of what was restored may be referred to.
        _harness.Advance(10);
        Assert.Equal(
            (new Attempt(1), new CheckpointId(2), new CheckpointId(1)),
            (_harness.Triggers[^1].Attempt, _harness.Triggers[^1].Checkpoint, _harness.Triggers[^1].Base!.Value));
        _harness.AcknowledgeAll(job, 2, attempt: 1);
        Assert.Equal([1, 2], _harness.CompletedIds.Select(id => id.Number));
        Assert.Equal([2, 2, 2, 2], _harness.StoredSegments(job));
    }

    [Fact]
    public async Task The_delay_passes_before_the_next_attempt()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.FailAttempt(job);

        _harness.Advance(0.999);
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));
        _harness.Advance(0.001);

        Assert.Equal(2, _harness.Base.SentTo<DeployTasks>(0).Count());
        Assert.Null(_harness.Base.SentTo<DeployTasks>(0).Last().Restore);
    }

    [Fact]
    public async Task Of_several_failures_of_an_attempt_one_counts()
    {
        JobHandle job = await _harness.RunningAsync(("restart-strategy.type", "fixed-delay"), ("restart-strategy.fixed-delay.attempts", "1"));
        _harness.Base.ReportAll(job, ExecutionState.Failed);
        _harness.Advance(1);
        Assert.Equal((JobStatus.Restarting, 1), (job.Status, job.Restarts));
        _harness.Run(job, attempt: 1);

        _harness.FailAttempt(job, attempt: 1);

        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Failed, 1), (result.Status, result.Restarts));
        Assert.Contains("bad row", Assert.IsType<TaskFailedException>(result.Failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_checkpoints_a_job_restarts_only_where_a_strategy_is_set()
    {
        JobHandle job = await _harness.RunningAsync((CheckpointHarness.Dir, ""), ("restart-strategy.type", "fixed-delay"));
        _harness.FailAttempt(job);
        _harness.Advance(1);

        DeployTasks second = _harness.Base.SentTo<DeployTasks>(0).Last();
        Assert.Equal((new Attempt(1), null, null), (second.Attempt, second.Restore, second.Checkpoints));
    }

    [Theory]
    [MemberData(nameof(Unrecoverable))]
    public async Task Failures_that_would_repeat_do_not_restart_the_job(QueryStreamException cause)
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.FailAttempt(job, cause: cause);

        Assert.Equal(JobStatus.Failed, (await job.Completion).Status);
    }

    public static TheoryData<QueryStreamException> Unrecoverable =>
    [
        new JobDefinitionException("no source"),
        new SettingException("gap", "is wrong."),
        new StateRestoreException("another number of key groups"),
        new DamagedCheckpointException("a chunk has another checksum"),
    ];

    [Fact]
    public async Task Records_read_are_summed_over_the_attempts()
    {
        JobHandle job = await _harness.RunningAsync();
        Read(job, attempt: 0, records: 5);
        _harness.FailAttempt(job);
        _harness.Advance(2);
        _harness.Run(job, attempt: 1);
        Read(job, attempt: 1, records: 7);

        Assert.Equal(12, job.Metrics().RecordsRead);
    }

    [Fact]
    public async Task A_commit_in_flight_decides_what_is_restored()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.Gate = new TaskCompletionSource();
        _harness.CompleteNext(job);
        _harness.FailAttempt(job);
        _harness.Advance(5);
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));

        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();

        Assert.Equal(new CheckpointId(1), _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);
        Assert.Empty(_harness.CompletedIds);
        Assert.Equal((1, 0), (job.Checkpoints.Completed, job.Checkpoints.Failed));
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_repeated_before_the_restart_since_it_may_be_what_is_restored()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.LosesAnswers = true;
        _harness.CompleteNext(job);
        _harness.FailAttempt(job);
        Assert.Equal((0, 1), (job.Checkpoints.Completed, job.Checkpoints.Failed));

        // While the storage does not answer, nothing is restored: it might be too old.
        _harness.Advance(30);
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));
        Assert.True(job.Restarts > 2);
        _harness.Storage.LosesAnswers = false;
        _harness.Advance(60);

        Assert.Equal(new CheckpointId(1), _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);
        Assert.Equal(1, job.Checkpoints.Completed);
    }

    [Fact]
    public async Task A_checkpoint_under_way_is_aborted_by_a_failure()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);
        _harness.Acknowledge(job.Tasks[1], 1);

        _harness.FailAttempt(job);
        _harness.Advance(2);
        _harness.Run(job, attempt: 1);
        _harness.Advance(10);
        Assert.Equal([1, 2], _harness.Triggers.Select(trigger => trigger.Checkpoint.Number));

        // What the first attempt still acknowledges is no part of the second one's checkpoint.
        _harness.AcknowledgeAll(job, 2, attempt: 0);
        Assert.Equal(0, job.Checkpoints.InProgress!.AcknowledgedTasks);
        Assert.Contains("bad row", job.Checkpoints.LastFailed!.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_worker_restarts_the_job_when_there_are_slots_again()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        _harness.Base.Lose(0);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        _harness.Advance(60);
        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.True(job.Restarts > 1);
        Assert.Contains("needs 2 slots", job.RestartCause!.Message, StringComparison.Ordinal);

        _harness.Base.Register(0, 1);
        _harness.Advance(60);
        Assert.Equal(new CheckpointId(1), _harness.Base.SentTo<DeployTasks>(0).Single().Restore!.Checkpoint);
        _harness.Run(job, job.Restarts);

        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(0, _harness.Base.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task A_lost_worker_is_replaced_without_a_delay_as_long_as_checkpoints_complete_from_loss_to_loss()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.CompleteNext(job);
        _harness.Base.Register(2, slots: 1);
        LoseWorkerOf(job, attempt: 0);
        Assert.Equal(new Attempt(1), _harness.Base.SentTo<DeployTasks>(2).Single().Attempt);
        _harness.Run(job, attempt: 1);

        // Nothing has been gained since: it may be the job that ends its workers.
        _harness.Base.Register(0, slots: 1);
        LoseWorkerOf(job, attempt: 1);
        Assert.Empty(_harness.Base.SentTo<DeployTasks>(0));
        _harness.Advance(1.5);
        Assert.Equal(new Attempt(2), _harness.Base.SentTo<DeployTasks>(0).Single().Attempt);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public async Task A_job_is_cancelled_while_it_restarts(double after)
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.FailAttempt(job);
        _harness.Advance(after);

        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled, attempt: 1);

        Assert.Equal((JobStatus.Canceled, null), ((await job.Completion).Status, (await job.Completion).Failure));
        Assert.Equal(2, _harness.Base.Coordinator.Overview().FreeSlots);
        Assert.NotEmpty(_harness.Base.SentTo<ReleaseJob>(1));
    }

    // All of its tasks are cancelled by the others.
    private void LoseWorkerOf(JobHandle job, int attempt)
    {
        _harness.Base.Lose(CoordinatorHarness.WorkerOf(job.Tasks[0]));
        _harness.Base.ReportAll(job, ExecutionState.Canceled, attempt);
    }

    private void Read(JobHandle job, int attempt, long records) => _harness.Base.Tell(
        CoordinatorHarness.WorkerOf(job.Tasks[0]),
        new MetricsReport(job.Id, new Attempt(attempt), [new TaskSample(job.Tasks[0].Task) { RecordsRead = records }]));
}
