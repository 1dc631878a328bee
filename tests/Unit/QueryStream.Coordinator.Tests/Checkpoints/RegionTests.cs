using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>A job of two regions: a failed task restarts its region, and the other one goes on.</summary>
public sealed class RegionTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Each_region_is_deployed_as_an_attempt_of_its_own()
    {
        JobHandle job = await RunningAsync();

        DeployTasks[] orders = [.. _harness.Base.SentTo<DeployTasks>(0)];
        Assert.Equal([new Attempt(0), new Attempt(1)], orders.Select(order => order.Attempt));
        Assert.All(orders, order => Assert.Equal(4, order.Placement.Count));
        Assert.Empty(orders[0].Placement.Select(task => task.Vertex).Intersect(orders[1].Placement.Select(task => task.Vertex)));
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(8, job.Tasks.Count);
    }

    [Fact]
    public async Task A_failed_task_restarts_its_region_from_the_last_checkpoint_and_the_other_region_keeps_its_attempt()
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);

        Fail(job, attempt: 0);
        Assert.Equal((JobStatus.Restarting, 1), (job.Status, job.Restarts));
        Assert.Equal([new Attempt(0)], _harness.Base.SentTo<CancelTasks>(1).Select(cancel => cancel.Attempt));
        Assert.All(TwoRegions.TasksOf(job, 1), task => Assert.Equal(ExecutionState.Running, task.State));
        _harness.Advance(2);

        DeployTasks again = _harness.Base.SentTo<DeployTasks>(0).Last();
        Assert.Equal(new Attempt(2), again.Attempt);
        Assert.Equal(new RestorePlan(TestStorage.StorageAddress, job.Id, new CheckpointId(1)), again.Restore);
        Assert.Equal(3, _harness.Base.SentTo<DeployTasks>(0).Count());
        Run(job, 2);

        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(4, TwoRegions.TasksOf(job, 1).Count);
        Assert.Equal(4, TwoRegions.TasksOf(job, 2).Count);
        Assert.Contains(_harness.Base.Logs.Lines, line => line.Id == 3041
            && line.Message.Contains("left", StringComparison.Ordinal) && !line.Message.Contains("right", StringComparison.Ordinal)
            && line.Message.Contains("bad row", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_regions_take_part_in_the_next_checkpoint_and_what_only_the_failed_attempt_had_stored_is_swept()
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);
        _harness.Advance(10);
        TwoRegions.TasksOf(job, 0).ForEach(task => Acknowledge(task, 2));
        Fail(job, attempt: 0);
        _harness.Advance(2);
        Run(job, 2);

        CompleteNext(job);

        Assert.Equal([1, 3], _harness.CompletedIds.Select(id => id.Number).Distinct());
        Assert.Equal(Enumerable.Repeat(3L, 8), _harness.StoredSegments(job));
        Assert.Equal(
            [(new Attempt(1), Id(1)), (new Attempt(2), Id(1))],
            _harness.Triggers.Where(trigger => trigger.Checkpoint == Id(3)).Select(trigger => (trigger.Attempt, trigger.Base!.Value))
                .OrderBy(trigger => trigger.Attempt.Number));
    }

    [Fact]
    public async Task A_checkpoint_under_way_is_aborted_and_none_is_triggered_until_the_region_runs_again()
    {
        JobHandle job = await RunningAsync();
        _harness.Advance(10);
        TwoRegions.TasksOf(job, 0).ForEach(task => Acknowledge(task, 1));

        Fail(job, attempt: 0);
        Assert.Equal([(new Attempt(1), Id(1))], Aborted());
        TwoRegions.TasksOf(job, 1).ForEach(task => Acknowledge(task, 1));
        _harness.Advance(100);
        Assert.Equal([Id(1), Id(1)], _harness.Triggers.Select(trigger => trigger.Checkpoint));
        Assert.Equal(0, job.Checkpoints.Completed);

        // Nothing is complete yet.
        Assert.Null(_harness.Base.SentTo<DeployTasks>(0).Last().Restore);
        Run(job, 2);
        CompleteNext(job);
        Assert.Equal(1, job.Checkpoints.Completed);
    }

    [Fact]
    public async Task A_commit_in_flight_is_what_the_region_restores_and_the_sinks_of_the_other_region_are_told_of_it()
    {
        JobHandle job = await RunningAsync();
        _harness.Storage.Gate = new TaskCompletionSource();
        CompleteNext(job);
        Fail(job, attempt: 0);
        _harness.Advance(5);
        Assert.Equal(2, _harness.Base.SentTo<DeployTasks>(0).Count());

        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();

        Assert.Equal((new Attempt(2), Id(1)), Restored());
        Assert.Equal([(new Attempt(1), Id(1))], Completed());
        Assert.Empty(Aborted());
    }

    [Fact]
    public async Task A_commit_without_an_answer_is_repeated_before_the_region_restarts_and_the_other_region_goes_on_meanwhile()
    {
        JobHandle job = await RunningAsync();
        _harness.Storage.LosesAnswers = true;
        CompleteNext(job);
        Fail(job, attempt: 0);

        _harness.Advance(30);
        Assert.True(job.Restarts > 2);
        Assert.Equal(2, _harness.Base.SentTo<DeployTasks>(0).Count());
        Assert.All(TwoRegions.TasksOf(job, 1), task => Assert.Equal(ExecutionState.Running, task.State));
        Assert.Equal([(new Attempt(1), Id(1))], Aborted());
        _harness.Storage.LosesAnswers = false;
        _harness.Advance(60);

        Assert.Equal((new Attempt(2), Id(1)), Restored());
        Run(job, 2);
        CompleteNext(job);

        // What the other region had prepared for the first checkpoint is committed with the second one.
        Assert.Contains((new Attempt(1), Id(2)), Completed());
    }

    [Fact]
    public async Task When_both_regions_fail_each_restarts_after_its_own_delay()
    {
        JobHandle job = await RunningAsync(("restart-strategy.type", "fixed-delay"), ("restart-strategy.fixed-delay.attempts", "2"));
        CompleteNext(job);
        Fail(job, attempt: 0);
        _harness.Advance(0.5);
        Fail(job, attempt: 1);
        Assert.Equal(2, job.Restarts);

        _harness.Advance(0.5);
        Assert.Equal(new Attempt(2), _harness.Base.SentTo<DeployTasks>(0).Last().Attempt);
        Run(job, 2);
        Assert.Equal(JobStatus.Restarting, job.Status);
        _harness.Advance(0.5);
        Assert.Equal(new Attempt(3), _harness.Base.SentTo<DeployTasks>(0).Last().Attempt);
        Run(job, 3);

        Assert.Equal(JobStatus.Running, job.Status);

        // Failures are counted for the job.
        Fail(job, attempt: 3);
        Cancelled(job, attempt: 2);
        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Failed, 2), (result.Status, result.Restarts));
    }

    [Fact]
    public async Task A_region_that_fails_again_while_it_is_deployed_restarts_again()
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);
        Fail(job, attempt: 0);
        _harness.Advance(2);

        _harness.Base.Tell(0, new DeploymentRefused(
            job.Id, new Attempt(2), ErrorInfo.From(new CheckpointStorageException("The manifest cannot be read"))));
        _harness.Base.Tell(1, new TasksDeployed(job.Id, new Attempt(2)));
        Cancelled(job, attempt: 2);
        _harness.Advance(10);

        Assert.Equal((new Attempt(3), Id(1)), Restored());
        Assert.All(TwoRegions.TasksOf(job, 1), task => Assert.Equal(ExecutionState.Running, task.State));
        Run(job, 3);
        Assert.Equal((JobStatus.Running, 2), (job.Status, job.Restarts));
    }

    [Fact]
    public async Task A_region_that_finishes_while_the_other_one_restarts_stays_finished_and_its_last_state_is_in_later_checkpoints()
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);
        Fail(job, attempt: 0);
        foreach (TaskInfo task in TwoRegions.TasksOf(job, 1))
        {
            Acknowledge(task, 0);
            _harness.Base.Report(task, ExecutionState.Finished, attempt: 1);
        }

        Assert.Equal(JobStatus.Restarting, job.Status);
        _harness.Advance(2);
        Run(job, 2);
        Assert.Equal(JobStatus.Running, job.Status);
        CompleteNext(job);
        Assert.Equal(4, job.Checkpoints.LastCompleted!.Tasks);
        Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2], _harness.StoredSegments(job));

        foreach (TaskInfo task in TwoRegions.TasksOf(job, 2))
        {
            Acknowledge(task, 0);
            _harness.Base.Report(task, ExecutionState.Finished, attempt: 2);
        }

        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
    }

    [Fact]
    public async Task Last_states_of_the_failed_attempt_are_in_no_later_checkpoint()
    {
        JobHandle job = await RunningAsync();
        Acknowledge(TwoRegions.TasksOf(job, 0)[0], 0);
        _harness.Base.Report(TwoRegions.TasksOf(job, 0)[0], ExecutionState.Finished, attempt: 0);
        Fail(job, attempt: 0);
        _harness.Advance(2);
        Run(job, 2);

        CompleteNext(job);

        Assert.Equal(8, job.Checkpoints.LastCompleted!.Tasks);
        Assert.Equal(Enumerable.Repeat(1L, 8), _harness.StoredSegments(job));
    }

    [Fact]
    public async Task A_lost_worker_restarts_all_regions_also_the_one_that_waits_for_its_restart()
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);
        Fail(job, attempt: 0);

        _harness.Base.Lose(0);
        _harness.Base.Register(0, 1);
        Cancelled(job, attempt: 1);
        _harness.Advance(10);

        Assert.Equal([new Attempt(2), new Attempt(3)], _harness.Base.SentTo<DeployTasks>(0).Select(order => order.Attempt));
        Assert.All(_harness.Base.SentTo<DeployTasks>(0), order => Assert.Equal(Id(1), order.Restore!.Checkpoint));
        Run(job, 2, 3);
        Assert.Equal(JobStatus.Running, job.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_while_the_job_stops_with_a_savepoint_restarts_all_regions(bool drain)
    {
        JobHandle job = await RunningAsync();
        CompleteNext(job);
        Task<string> savepoint = job.StopWithSavepointAsync("file:///savepoints", drain);
        _harness.Base.Executor.RunUntilIdle();

        Fail(job, attempt: 0);
        Cancelled(job, attempt: 1);

        await Assert.ThrowsAsync<CheckpointFailedException>(() => savepoint);
        _harness.Advance(2);
        Assert.Equal([2, 3], _harness.Base.SentTo<DeployTasks>(0).Skip(2).Select(order => order.Attempt.Number));
    }

    [Fact]
    public async Task A_savepoint_under_way_fails_with_the_region_and_none_is_taken_while_it_restarts()
    {
        JobHandle job = await RunningAsync();
        Task<string> savepoint = job.TakeSavepointAsync("file:///savepoints");
        _harness.Base.Executor.RunUntilIdle();
        Fail(job, attempt: 0);

        await Assert.ThrowsAsync<CheckpointFailedException>(() => savepoint);
        Task<string> next = job.StopWithSavepointAsync("file:///savepoints");
        _harness.Base.Executor.RunUntilIdle();
        Assert.Contains("RESTARTING", (await Assert.ThrowsAsync<CheckpointFailedException>(() => next)).Message, StringComparison.Ordinal);
        Assert.All(TwoRegions.TasksOf(job, 1), task => Assert.Equal(ExecutionState.Running, task.State));
    }

    [Fact]
    public async Task Too_many_failed_checkpoints_restart_all_regions()
    {
        JobHandle job = await RunningAsync(("execution.checkpointing.tolerable-failed-checkpoints", "0"));
        _harness.Advance(10);
        TaskInfo task = TwoRegions.TasksOf(job, 1)[0];
        _harness.Base.Tell(
            CoordinatorHarness.WorkerOf(task),
            new CheckpointDeclined(task.Task, task.Attempt, Id(1), new TaskFailure("Map", ErrorInfo.From(new FormatException("no room")))));

        Assert.Equal([0, 1], _harness.Base.SentTo<CancelTasks>(0).Select(cancel => cancel.Attempt.Number));
    }

    [Fact]
    public async Task A_checkpoint_that_an_operator_of_the_other_region_asks_for_meanwhile_is_taken_when_all_regions_run_again()
    {
        JobHandle job = await RunningAsync();
        Fail(job, attempt: 0);
        TaskInfo asker = TwoRegions.TasksOf(job, 1)[0];
        _harness.Base.Tell(
            CoordinatorHarness.WorkerOf(asker), new CheckpointRequested(asker.Task, asker.Attempt, default, "sink", "its output is full"));
        _harness.Advance(2);
        Assert.Empty(_harness.Triggers);

        Run(job, 2);

        Assert.Equal([Id(1), Id(1)], _harness.Triggers.Select(trigger => trigger.Checkpoint));
    }

    [Fact]
    public async Task A_job_is_cancelled_while_a_region_restarts()
    {
        JobHandle job = await RunningAsync();
        Fail(job, attempt: 0);

        _harness.Base.Cancel(job);
        Cancelled(job, attempt: 1);

        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        Assert.Equal(2, _harness.Base.Coordinator.Overview().FreeSlots);
        Assert.Single(_harness.Base.SentTo<ReleaseJob>(0));
    }

    [Fact]
    public async Task What_the_attempts_of_a_region_have_read_is_added_to_what_the_other_region_reads()
    {
        JobHandle job = await RunningAsync();
        Read(TwoRegions.TasksOf(job, 0)[0], 5);
        Read(TwoRegions.TasksOf(job, 1)[0], 100);
        Fail(job, attempt: 0);
        _harness.Advance(2);
        Run(job, 2);
        Read(TwoRegions.TasksOf(job, 2)[0], 7);

        Assert.Equal(112, job.Metrics().RecordsRead);
    }

    private static CheckpointId Id(long number) => new(number);

    private Task<JobHandle> RunningAsync(params (string Setting, string Value)[] settings) =>
        _harness.RunningRegionsAsync([CheckpointHarness.NoJitter, .. settings]);

    private void Run(JobHandle job, params ReadOnlySpan<int> attempts) => _harness.RunRegions(job, attempts);

    // A task fails, and the others of the region are cancelled.
    private void Fail(JobHandle job, int attempt)
    {
        TaskInfo[] tasks = [.. TwoRegions.TasksOf(job, attempt).Where(task => task.State != ExecutionState.Finished)];
        _harness.Base.Report(tasks[0], ExecutionState.Failed, new FormatException("bad row"), attempt);
        Cancelled(job, attempt);
    }

    private void Cancelled(JobHandle job, int attempt) => _harness.ReportRegion(job, attempt, ExecutionState.Canceled);

    private void Acknowledge(TaskInfo task, long checkpoint) => _harness.Acknowledge(task, checkpoint, task.Attempt.Number);

    private void CompleteNext(JobHandle job)
    {
        _harness.Advance(10);
        foreach (TaskInfo task in job.Tasks.Where(task => task.State == ExecutionState.Running))
        {
            Acknowledge(task, _harness.Triggers[^1].Checkpoint.Number);
        }
    }

    private void Read(TaskInfo task, long records) => _harness.Base.Tell(
        CoordinatorHarness.WorkerOf(task),
        new MetricsReport(task.Task.Job, task.Attempt, [new TaskSample(task.Task) { RecordsRead = records }]));

    private (Attempt, CheckpointId) Restored() =>
        (_harness.Base.SentTo<DeployTasks>(0).Last().Attempt, _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);

    private IEnumerable<(Attempt, CheckpointId)> Completed() =>
        _harness.Base.SentTo<CheckpointCompleted>(0).Select(message => (message.Attempt, message.Checkpoint));

    private IEnumerable<(Attempt, CheckpointId)> Aborted() =>
        _harness.Base.SentTo<CheckpointAborted>(0).Select(message => (message.Attempt, message.Checkpoint));
}
