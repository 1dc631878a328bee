using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>Workers that leave in order.</summary>
public sealed class MoveTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    // There is no room for the subtasks to move while the others go on.
    [Fact]
    public async Task A_checkpoint_is_taken_at_once_and_the_tasks_restart_from_it_on_the_workers_that_stay()
    {
        JobHandle job = await _harness.RunningAsync(("restart-strategy.type", "none"));
        Assert.Empty(_harness.Triggers);

        _harness.Base.Tell(0, new WorkerLeaving());
        Assert.Single(_harness.Triggers);
        Assert.Equal(JobStatus.Running, job.Status);
        _harness.Base.Register(2, slots: 1);
        _harness.AcknowledgeAll(job, 1);

        Assert.Equal(JobStatus.Restarting, job.Status);
        Assert.Single(_harness.Base.SentTo<CancelTasks>(0));
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        _harness.Run(job, attempt: 1);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(["w1", "w2"], job.Tasks.Select(task => task.Slot!.Value.Worker.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(CheckpointHarness.Id(1), _harness.Base.SentTo<DeployTasks>(2).Single().Restore!.Checkpoint);
        Assert.Single(_harness.Base.SentTo<ReleaseJob>(0));

        // Nobody misses it any more.
        _harness.Base.Lose(0);
        Assert.Equal(JobStatus.Running, job.Status);
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_no_reason_to_move_and_the_next_one_is()
    {
        JobHandle job = await _harness.RunningAsync(
            ("restart-strategy.type", "none"), ("execution.checkpointing.tolerable-failed-checkpoints", "3"));
        _harness.Base.Tell(1, new WorkerLeaving());
        _harness.Decline(job.Tasks[0], 1, new IOException("The disk is full."));
        Assert.Equal(JobStatus.Running, job.Status);

        _harness.Advance(10);
        _harness.AcknowledgeAll(job, 2);
        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task A_worker_that_leaves_gets_no_more_tasks_and_a_job_waits_for_another_one()
    {
        using CoordinatorHarness cluster = new(
            workers: 1, slots: 2, options: new CoordinatorOptions { SlotRequestTimeout = TimeSpan.FromMinutes(5) });
        cluster.Tell(0, new WorkerLeaving());
        JobHandle job = await cluster.SubmitAsync();
        Assert.Equal(JobStatus.Created, job.Status);
        Assert.Empty(cluster.SentTo<DeployTasks>(0));

        cluster.Register(1, slots: 2);
        Assert.Single(cluster.SentTo<DeployTasks>(1));
    }

    [Fact]
    public async Task A_job_without_checkpoints_ends_as_if_the_worker_were_lost()
    {
        using CoordinatorHarness cluster = new();
        JobHandle job = await cluster.RunningAsync();
        cluster.Tell(0, new WorkerLeaving());
        cluster.ReportAll(job, ExecutionState.Canceled);
        Assert.IsType<WorkerLeavesException>((await job.Completion).Failure);
    }

    [Fact]
    public async Task A_worker_without_tasks_of_the_job_moves_nothing()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Base.Register(2, slots: 1);
        _harness.Base.Tell(2, new WorkerLeaving());
        Assert.Empty(_harness.Triggers);
        _harness.Base.Lose(2);
        Assert.Equal(JobStatus.Running, job.Status);
    }
}
