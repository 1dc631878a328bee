using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>Subtasks that move while the others go on. The job has a subtask of each of two vertices on w0 and on w1; there is room on w2.</summary>
public sealed class LiveMoveTests : IDisposable
{
    private static readonly Attempt First = new(0);
    private static readonly Attempt Moved = new(1);

    private readonly CheckpointHarness _harness = new();

    private CoordinatorHarness Cluster => _harness.Base;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Only_the_subtasks_of_a_worker_that_leaves_move_and_nothing_else_is_told_to_restart()
    {
        JobHandle job = await LeavingAsync();
        TaskId[] moving = [.. job.Tasks.Where(task => CoordinatorHarness.WorkerOf(task) == 0).Select(task => task.Task)];
        Assert.Equal(moving, Assert.Single(Cluster.SentTo<PrepareMove>(1)).Tasks);
        Assert.Empty(_harness.Triggers);

        Answer(job, worker => new MovePrepared(job.Id, First), 0, 1);
        Assert.Equal(Cluster.SentTo<PrepareMove>(0).Single().Checkpoint, Assert.Single(_harness.Triggers).Checkpoint);
        _harness.AcknowledgeAll(job, _harness.Triggers[0].Checkpoint.Number);

        DeployTasks deployed = Assert.Single(Cluster.SentTo<DeployTasks>(2));
        Assert.Equal((Moved, First, 2), (deployed.Attempt, deployed.Region!.Value, deployed.Moved.Count));
        Assert.Equal(moving, deployed.Moved.Select(part => part.Task));
        Assert.Equal(_harness.Triggers[0].Checkpoint, deployed.Restore!.Checkpoint);
        Assert.Empty(Cluster.SentTo<RunTasks>(2));

        Answer(job, worker => worker == 2 ? new TasksDeployed(job.Id, Moved) : new TasksMoved(job.Id, First), 0, 2);
        Assert.Empty(Cluster.SentTo<RunTasks>(2));
        Answer(job, _ => new TasksMoved(job.Id, First), 1);
        Assert.Single(Cluster.SentTo<RunTasks>(2));
        Assert.Single(Cluster.SentTo<ReconnectTasks>(0));
        Assert.Single(Cluster.SentTo<ReconnectTasks>(1));
        Cluster.ReportAll(job, ExecutionState.Running, Moved.Number);

        Assert.Equal((JobStatus.Running, 0), (job.Status, job.Restarts));
        Assert.All(job.Tasks, task => Assert.Equal(
            moving.Contains(task.Task) ? (2, Moved) : (1, First),
            (CoordinatorHarness.WorkerOf(task), task.Attempt)));
        Assert.Single(Cluster.SentTo<DeployTasks>(1));
        Assert.Empty(Cluster.SentTo<CancelTasks>(1));
        JobEvent moved = job.Events.First(happened => happened.Kind == JobEventKind.Moved);
        Assert.Equal(
            [RecoveryPhase.Placed, RecoveryPhase.Stopped, RecoveryPhase.Deployed, RecoveryPhase.Running],
            moved.Recovery!.Phases.Select(reached => reached.Phase));

        // Nobody misses the worker any more, and checkpoints go on with all tasks.
        Cluster.Lose(0);
        _harness.Advance(10);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(Moved, Cluster.SentTo<TriggerCheckpoint>(2).Last().Attempt);
    }

    [Fact]
    public async Task While_a_move_is_under_way_no_other_checkpoint_is_triggered()
    {
        JobHandle job = await LeavingAsync();
        _harness.Advance(60);
        Assert.Empty(_harness.Triggers);
        Answer(job, _ => new MovePrepared(job.Id, First), 0, 1);
        _harness.AcknowledgeAll(job, 1);
        _harness.Advance(60);
        Assert.Single(_harness.Triggers);
    }

    [Fact]
    public async Task After_a_checkpoint_that_has_failed_the_job_restarts_from_the_next_one_instead()
    {
        JobHandle job = await LeavingAsync(("execution.checkpointing.tolerable-failed-checkpoints", "3"));
        Answer(job, _ => new MovePrepared(job.Id, First), 0, 1);
        _harness.Decline(job.Tasks[0], 1, new IOException("The disk is full."));
        AssertLogged("cannot move while the others go on: its checkpoint has failed");
        Assert.Contains(CheckpointHarness.Id(1), _harness.AbortedIds);
        Assert.Equal(JobStatus.Running, job.Status);

        _harness.Advance(10);
        _harness.AcknowledgeAll(job, 2);
        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_worker_that_is_lost_while_subtasks_move_ends_the_move_with_a_restart(int lost)
    {
        JobHandle job = await LeavingAsync();
        Answer(job, _ => new MovePrepared(job.Id, First), 0, 1);
        _harness.AcknowledgeAll(job, 1);
        Cluster.Lose(lost);
        Assert.Equal((JobStatus.Restarting, 1), (job.Status, job.Restarts));
        Assert.IsType<WorkerLostException>(job.RestartCause);
        Assert.Empty(Cluster.SentTo<ReconnectTasks>(1));
        Assert.Equal(1, job.Events.First(happened => happened.Kind == JobEventKind.Moved).Recovery!.SupersededBy);
    }

    [Fact]
    public async Task A_worker_that_is_lost_after_its_tasks_have_ended_and_before_it_has_said_so_ends_the_move_with_a_restart()
    {
        JobHandle job = await LeavingAsync();
        Answer(job, _ => new MovePrepared(job.Id, First), 0, 1);
        _harness.AcknowledgeAll(job, 1);
        foreach (TaskId task in Cluster.SentTo<PrepareMove>(0).Single().Tasks)
        {
            Cluster.Tell(0, new TaskReport(task, First, ExecutionState.Canceled));
        }

        Assert.Equal(JobStatus.Running, job.Status);
        Cluster.Lose(0);
        Assert.Equal((JobStatus.Restarting, 1), (job.Status, job.Restarts));
    }

    [Fact]
    public async Task A_deployment_that_is_refused_ends_the_move_with_a_restart_of_all_tasks()
    {
        JobHandle job = await LeavingAsync();
        Answer(job, _ => new MovePrepared(job.Id, First), 0, 1);
        _harness.AcknowledgeAll(job, 1);
        Answer(job, _ => new DeploymentRefused(job.Id, Moved, ErrorInfo.From(new DeploymentRefusedException("no room"))), 2);
        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Equal([First], Cluster.SentTo<CancelTasks>(1).Select(cancel => cancel.Attempt));

        // Those that move away too must have ended, and the next attempt is after that of the move.
        foreach (TaskInfo task in job.Tasks)
        {
            Cluster.Report(task, ExecutionState.Canceled, attempt: task.Attempt.Number);
        }

        Assert.Single(Cluster.SentTo<DeployTasks>(1));
        foreach (TaskId task in Cluster.SentTo<PrepareMove>(0).Single().Tasks)
        {
            Cluster.Tell(0, new TaskReport(task, First, ExecutionState.Canceled));
        }

        _harness.Advance(2);
        Assert.Equal(new Attempt(2), Cluster.SentTo<DeployTasks>(1).Last().Attempt);
    }

    [Fact]
    public async Task A_worker_to_which_subtasks_are_to_move_and_that_leaves_too_gets_none()
    {
        JobHandle job = await LeavingAsync();
        Cluster.Tell(2, new WorkerLeaving());
        AssertLogged("w2, to which it moves subtasks, leaves too");
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Empty(Cluster.SentTo<DeployTasks>(2));
    }

    [Fact]
    public async Task A_job_with_too_few_free_slots_restarts_from_a_checkpoint_as_soon_as_it_can()
    {
        JobHandle job = await _harness.RunningAsync();
        Cluster.Tell(0, new WorkerLeaving());
        Assert.Empty(Cluster.SentTo<PrepareMove>(1));
        AssertLogged("cannot move while the others go on: The job needs 1 slot");
        _harness.AcknowledgeAll(job, 1);
        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task Subtasks_spread_to_a_worker_that_joins_where_another_one_has_two_more()
    {
        using CoordinatorHarness cluster = new(workers: 1, slots: 2);
        JobHandle job = await cluster.SubmitAsync(new JobSubmission(cluster.Reference, Streams.Settings.JobSettings.None, 2)
        {
            Options = CheckpointHarness.Options(("execution.checkpointing.interval", "1h")),
        });
        cluster.Deployed(job);
        cluster.ReportAll(job, ExecutionState.Running);
        cluster.Register(1, slots: 2);
        Assert.Empty(cluster.SentTo<PrepareMove>(0));
        cluster.Executor.Advance(TimeSpan.FromSeconds(10));
        cluster.Executor.RunUntilIdle();
        Assert.All(Assert.Single(cluster.SentTo<PrepareMove>(0)).Tasks, task => Assert.Equal(1, task.Subtask));
    }

    private void AssertLogged(string text) => Assert.Contains(Cluster.Logs.Lines, line => line.Message.Contains(text, StringComparison.Ordinal));

    private async Task<JobHandle> LeavingAsync(params (string Setting, string Value)[] settings)
    {
        JobHandle job = await _harness.RunningAsync([CheckpointHarness.NoJitter, .. settings]);
        Cluster.Register(2, slots: 1);
        Cluster.Tell(0, new WorkerLeaving());
        return job;
    }

    private void Answer(JobHandle job, Func<int, CoordinatorMessage> answer, params int[] workers)
    {
        Assert.NotNull(job);
        Array.ForEach(workers, worker => Cluster.Tell(worker, answer(worker)));
    }
}
