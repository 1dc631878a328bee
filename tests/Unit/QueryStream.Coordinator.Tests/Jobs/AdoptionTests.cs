using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Tests.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>A new leader takes over the tasks that run under the one before.</summary>
public sealed class AdoptionTests : IDisposable
{
    private const int NextAttempt = 1 << 16;

    private readonly CheckpointHarness _first = new();
    private JobHandle? _before;
    private CheckpointHarness? _second;
    private Task<JobHandle>? _recovered;

    private CheckpointHarness Second => _second!;

    public void Dispose()
    {
        _first.Dispose();
        _second?.Dispose();
    }

    [Fact]
    public async Task Tasks_that_run_go_on()
    {
        await DieAsync(completed: 2, triggered: 3);

        Register(0, Held(0, last: 3));
        Register(1, Held(1, last: 2));

        JobHandle job = await _recovered!;
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal((_before!.Id, 0), (job.Id, job.Restarts));
        Assert.Equal(_before.Tasks.Select(task => (task.Task, task.Slot, task.State)), job.Tasks.Select(task => (task.Task, task.Slot, task.State)));
        Assert.Empty(Second.Base.SentTo<DeployTasks>(0).Concat(Second.Base.SentTo<DeployTasks>(1)));
        Assert.Empty(Second.Base.SentTo<CancelTasks>(0).Concat(Second.Base.SentTo<CancelTasks>(1)));
        AdoptTasks adopted = Assert.Single(Second.Base.SentTo<AdoptTasks>(1));
        Assert.Equal(_first.Base.SentTo<DeployTasks>(1).Single().Checkpoints! with { Epoch = new Epoch(2) }, adopted.Checkpoints);
    }

    [Fact]
    public async Task They_learn_what_has_become_of_checkpoints_and_take_the_next_one_at_once()
    {
        await DieAsync(completed: 2, triggered: 3);
        Register(0, Held(0, last: 3));
        Register(1, Held(1, last: 2));
        JobHandle job = await _recovered!;

        Assert.Equal([CheckpointHarness.Id(2)], Second.CompletedIds);
        Assert.Equal([CheckpointHarness.Id(3)], Second.AbortedIds);
        Assert.Equal(CheckpointHarness.Id(4), Assert.Single(Second.Triggers).Checkpoint);
        Second.AcknowledgeAll(job, 4);
        Second.Advance(1);
        Assert.Equal(4, job.Checkpoints.LastCompleted!.Id.Number);
        Assert.Equal([4], Second.StoredIds(job).Distinct());
    }

    [Fact]
    public async Task A_loss_after_that_is_a_restart_with_an_attempt_above_all_before()
    {
        await DieAsync(completed: 2);
        Register(0, Held(0, last: 2));
        Register(1, Held(1, last: 2));
        JobHandle job = await _recovered!;

        Second.Base.Lose(1);
        Second.Base.Register(1, 1);
        Second.Base.ReportAll(job, ExecutionState.Canceled);
        Second.Advance(10);

        DeployTasks deployed = Assert.Single(Second.Base.SentTo<DeployTasks>(0));
        Assert.Equal((NextAttempt, 2L), (deployed.Attempt.Number, deployed.Restore!.Checkpoint.Number));
    }

    [Fact]
    public async Task Where_a_worker_does_not_come_the_job_restarts_when_it_has_waited()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0));
        Second.Advance(2.9);
        Assert.Empty(Second.Base.SentTo<CancelTasks>(0));

        Second.Advance(0.1);

        RequireRestart(0, from: 1);
    }

    [Theory]
    [InlineData(ExecutionState.Deploying)]
    [InlineData(ExecutionState.Initializing)]
    [InlineData(ExecutionState.Canceling)]
    [InlineData(ExecutionState.Failed)]
    [InlineData(ExecutionState.Finished)]
    public async Task A_task_that_does_not_run_ends_the_wait(ExecutionState state)
    {
        await DieAsync(completed: 1);

        // Finished without the final snapshot, so no later checkpoint would be whole.
        Register(0, Held(0, state: state));

        RequireRestart(0, from: 1);
    }

    [Fact]
    public async Task A_task_that_fails_meanwhile_ends_the_wait()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0));
        TaskInfo task = _before!.Tasks.First(task => CoordinatorHarness.WorkerOf(task) == 0);

        Second.Base.Report(task, ExecutionState.Failed, new FormatException("bad row"));

        RequireRestart(0, from: 1);
    }

    [Fact]
    public async Task Tasks_that_have_finished_are_taken_over_with_their_final_snapshots()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0, state: ExecutionState.Finished, isFinal: true));
        Register(1, Held(1));

        JobHandle job = await _recovered!;
        Assert.Equal(JobStatus.Running, job.Status);
        TriggerCheckpoint trigger = Assert.Single(Second.Triggers);
        Second.AcknowledgeAll(job, trigger.Checkpoint.Number);
        Second.Advance(1);
        Assert.Equal(trigger.Checkpoint, job.Checkpoints.LastCompleted!.Id);
    }

    [Fact]
    public async Task A_job_whose_tasks_have_all_finished_meanwhile_ends()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0, state: ExecutionState.Finished, isFinal: true));
        Register(1, Held(1, state: ExecutionState.Finished, isFinal: true));

        JobHandle job = await _recovered!;
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Empty(Second.Triggers);
    }

    [Fact]
    public async Task Tasks_of_an_attempt_that_was_replaced_before_the_last_checkpoint_are_ended()
    {
        _before = await _first.RunningAsync();
        HeldTasks stale = Held(0);
        _first.FailAttempt(_before);
        _first.Advance(10);
        _first.Run(_before, attempt: 1);
        _first.CompleteNext(_before, attempt: 1);
        await AbandonAsync();

        Register(0, stale);

        RequireRestart(0, from: _before.Checkpoints.LastCompleted!.Id.Number);
    }

    [Fact]
    public async Task A_worker_that_comes_after_the_decision_is_told_to_end_what_it_holds()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0));
        Second.Advance(3);

        Register(1, Held(1));

        Assert.Single(Second.Base.SentTo<CancelTasks>(1));
        Assert.Single(Second.Base.SentTo<ReleaseJob>(1));
    }

    [Fact]
    public async Task Slots_of_tasks_that_may_go_on_are_not_given_away()
    {
        await DieAsync(completed: 1);

        Register(0, Held(0));

        Assert.Equal(1, Second.Base.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_meanwhile_ends_its_tasks()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0));

        _ = Second.Base.Coordinator.Find(_before!.Id)!.CancelAsync();
        Second.Advance(1);

        Assert.Single(Second.Base.SentTo<CancelTasks>(0));
        Assert.Empty(Second.Base.Coordinator.Overview().Jobs);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _recovered!);
    }

    [Fact]
    public async Task Another_graph_is_not_taken_over()
    {
        await DieAsync(completed: 1);

        Register(0, Held(0) with { Fingerprint = "another" });

        RequireRestart(0, from: 1);
    }

    // Its sinks may have committed for the savepoint, so nothing goes on from before it.
    [Theory]
    [InlineData(ExecutionState.Running)]
    [InlineData(ExecutionState.Finished)]
    public async Task A_job_that_was_stopped_with_a_savepoint_is_stopped(ExecutionState state)
    {
        string savepoint = await DieStoppingAsync(isMarked: true);
        Register(0, Held(0, state, last: 2));
        Register(1, Held(1, last: 2));

        JobHandle job = await _recovered!;
        Assert.Equal([CheckpointHarness.Id(2)], Second.CompletedIds);
        Assert.Empty(Second.Triggers);
        Assert.Equal(savepoint, job.Checkpoints.LastSavepoint!.Path);
        Second.Base.ReportAll(job, ExecutionState.Finished);
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Empty(Second.StoredIds(job));
    }

    [Fact]
    public async Task Where_its_tasks_are_not_taken_over_it_fails_and_names_the_savepoint()
    {
        string savepoint = await DieStoppingAsync(isMarked: true);
        Register(0, Held(0, last: 2));
        Second.Advance(3);

        JobHandle job = await _recovered!;
        JobResult result = await job.Completion;
        Assert.Equal(JobStatus.Failed, result.Status);
        Assert.Contains($"{savepoint} is complete", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(Second.Base.SentTo<DeployTasks>(0));
        Assert.Single(Second.Base.SentTo<CancelTasks>(0));
    }

    [Fact]
    public async Task A_stop_that_is_not_marked_is_forgotten_and_no_sink_has_committed_for_it()
    {
        await DieStoppingAsync(isMarked: false);
        Assert.Equal([CheckpointHarness.Id(1)], _first.CompletedIds);
        Register(0, Held(0, last: 2));
        Register(1, Held(1, last: 2));

        Assert.Equal(JobStatus.Running, (await _recovered!).Status);
        Assert.Equal([CheckpointHarness.Id(2)], Second.AbortedIds);
        Assert.Equal(CheckpointHarness.Id(3), Assert.Single(Second.Triggers).Checkpoint);
    }

    [Fact]
    public async Task Tasks_whose_windows_have_fired_early_for_an_incomplete_savepoint_are_ended()
    {
        await DieAsync(completed: 1);
        Register(0, Held(0, last: 2) with { IsDrained = true });

        RequireRestart(0, from: 1);
    }

    [Fact]
    public async Task A_job_that_had_ended_before_the_registry_forgot_it_ends()
    {
        _before = await _first.RunningAsync();
        _first.CompleteNext(_before);
        foreach (TaskInfo task in _before.Tasks)
        {
            _first.Acknowledge(task, 0);
        }

        _first.Base.ReportAll(_before, ExecutionState.Finished);
        await _before.Completion;
        await AbandonAsync();

        JobHandle job = await _recovered!;
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Empty(Second.Base.Coordinator.Overview().Jobs);
    }

    // The coordinator dies when the savepoint is complete, before or after that is marked.
    private async Task<string> DieStoppingAsync(bool isMarked)
    {
        _before = await _first.RunningAsync();
        _first.CompleteNext(_before);
        _first.Storage.MarkFailure = isMarked ? null : new CheckpointStorageException("No space left on device");
        Task<string> stop = _before.StopWithSavepointAsync("file:///savepoints");
        _first.Base.Executor.RunUntilIdle();
        string address = _first.Triggers[^1].Storage;
        _first.AcknowledgeAll(_before, 2, address: address);
        Assert.Equal(isMarked, stop.IsCompleted);
        await AbandonAsync();
        return address;
    }

    private async Task DieAsync(int completed, int triggered = 0)
    {
        _before = await _first.RunningAsync();
        for (int checkpoint = 0; checkpoint < completed; checkpoint++)
        {
            _first.CompleteNext(_before);
        }

        if (triggered > 0)
        {
            _first.Advance(10);
            Assert.Equal(triggered, _first.Triggers[^1].Checkpoint.Number);
        }

        await AbandonAsync();
    }

    private async Task AbandonAsync()
    {
        JobSubmission submission = _first.Submission(CheckpointHarness.Options());
        _first.Base.Coordinator.Abandon();
        _first.Base.Executor.RunUntilIdle();
        await _first.Storage.DisposeAsync();
        _second = new CheckpointHarness(_first.Base.Files);
        _recovered = Second.Base.Coordinator.RecoverAsync(new RegisteredJob(_before!.Id, submission, default, Recoveries: 1));
        Second.Base.Executor.RunUntilIdle();
    }

    private void Register(int worker, HeldTasks held) => Second.Base.Register(worker, 1, held);

    private HeldTasks Held(int worker, ExecutionState state = ExecutionState.Running, long last = 1, bool isFinal = false)
    {
        DeployTasks deployed = _first.Base.SentTo<DeployTasks>(worker).Last();
        return new HeldTasks(deployed.Job, deployed.Attempt, deployed.Plan.Parallelism, deployed.Plan.Fingerprint)
        {
            LastCheckpoint = CheckpointHarness.Id(last),
            Tasks =
            [
                .. deployed.Placement.Where(task => task.Slot.Worker.Name == $"w{worker}")
                    .Select(task => new HeldTask(task, state, isFinal ? FinalOf(deployed.Job, task) : null)),
            ],
        };
    }

    private static TaskSnapshot FinalOf(JobId job, TaskPlacement task) =>
        new(new TaskId(job, task.Vertex, task.Subtask), new CheckpointId(0), []) { HasEnded = true, KeyGroups = 128, Watermark = EventTime.MaxValue };

    private void RequireRestart(int worker, long from)
    {
        Assert.Empty(Second.Base.SentTo<AdoptTasks>(worker));
        Assert.Single(Second.Base.SentTo<CancelTasks>(worker));
        DeployTasks deployed = Assert.Single(Second.Base.SentTo<DeployTasks>(worker));
        Assert.Equal((NextAttempt, from), (deployed.Attempt.Number, deployed.Restore!.Checkpoint.Number));
    }
}
