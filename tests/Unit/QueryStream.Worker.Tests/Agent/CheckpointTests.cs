using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Testing.Checkpoints;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>What a worker passes on to its tasks and to the coordinator, and what its tasks restore.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const string Storage = "file:///checkpoints";
    private static readonly Epoch First = new(1);
    private static readonly CheckpointId Five = new(5);

    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Each_task_is_told_of_a_checkpoint_and_where_it_is_stored()
    {
        _harness.DeployAndRun();

        _harness.Tell(Trigger() with { Base = new CheckpointId(4), Stop = StopMode.Drain });
        _harness.Tell(new CheckpointAborted(AgentHarness.Job, default, Five));
        _harness.Tell(new CheckpointCompleted(AgentHarness.Job, default, Five));

        SnapshotTrigger trigger = new(Five, new CheckpointTarget(Storage, First)) { Base = new CheckpointId(4), Stop = SnapshotStop.Drain };
        foreach (TaskDeployment task in _harness.Tasks.Started)
        {
            Assert.Equal(
                [TaskMessage.TriggerSnapshot(trigger), TaskMessage.CheckpointAborted(Five), TaskMessage.CheckpointCompleted(Five)],
                _harness.Tasks.Told.Where(told => told.Task == task.Id).Select(told => told.Message));
        }
    }

    [Fact]
    public void A_coordinator_that_takes_over_is_told_the_last_checkpoint_and_final_snapshots_and_tells_tasks_its_target()
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;
        TaskSnapshot final = new(task, new CheckpointId(0), []) { KeyGroups = 128, Watermark = EventTime.MaxValue, HasEnded = true };
        _harness.Tell(Trigger());
        _harness.Tasks.Report(task, events => events.Snapshotted(final, default));
        _harness.Executor.RunUntilIdle();
        _harness.Disconnect();
        _harness.Connect();

        HeldTasks held = Assert.Single(Assert.IsType<RegisterWorker>(Assert.Single(_harness.Link.Sent)).Held);
        Assert.Equal(Five, held.LastCheckpoint);
        Assert.Equal([final, null], held.Tasks.Select(one => one.Final));

        _harness.Tell(new WorkerRegistered(new Epoch(9)));
        _harness.Tell(new AdoptTasks(AgentHarness.Job, default, new CheckpointPlan(new Epoch(2), Storage, CheckpointMode.ExactlyOnce)));
        Assert.Equal(
            [TaskMessage.Adopted(new CheckpointTarget(Storage, new Epoch(2))), TaskMessage.Adopted(new CheckpointTarget(Storage, new Epoch(2)))],
            _harness.Tasks.Told.Select(told => told.Message).TakeLast(2));
    }

    [Fact]
    public void Messages_of_another_attempt_or_job_reach_no_task()
    {
        _harness.DeployAndRun(attempt: 1);
        foreach ((JobId job, int attempt) in new[] { (AgentHarness.Job, 0), (AgentHarness.Job, 2), (new JobId(8), 1) })
        {
            _harness.Tell(Trigger() with { Job = job, Attempt = new Attempt(attempt) });
            _harness.Tell(new CheckpointCompleted(job, new Attempt(attempt), Five));
            _harness.Tell(new CheckpointAborted(job, new Attempt(attempt), Five));
        }

        Assert.Empty(_harness.Tasks.Told);
    }

    [Fact]
    public void A_stored_snapshot_is_acknowledged_and_a_failed_one_is_declined_with_the_cause()
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;
        TaskSnapshot part = new(task, Five, []) { KeyGroups = 128, Watermark = EventTime.MinValue };

        _harness.Tasks.Report(task, events => events.Snapshotted(part, default));
        _harness.Tasks.Report(
            task, events => events.SnapshotFailed(task, new CheckpointId(6), default, "count", new CheckpointStorageException("The disk is full.")));
        _harness.Executor.RunUntilIdle();

        Assert.Same(part, Assert.Single(_harness.Link.Sent.OfType<CheckpointAcknowledged>()).Snapshot);
        CheckpointDeclined declined = Assert.Single(_harness.Link.Sent.OfType<CheckpointDeclined>());
        Assert.Equal((task, new CheckpointId(6), "count"), (declined.Task, declined.Checkpoint, declined.Failure.OperatorName));
        Assert.Equal((ErrorCode.CheckpointStorage, "The disk is full."), (declined.Failure.Cause.Code, declined.Failure.Cause.Message));
        Assert.Empty(_harness.Reports(ExecutionState.Failed));
    }

    [Fact]
    public void A_checkpoint_that_an_operator_asks_for_is_asked_of_the_coordinator()
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;

        _harness.Tasks.Report(task, events => events.CheckpointRequested(task, default, Five, "sink", "it is half full"));
        _harness.Tasks.Report(task, events => events.CheckpointRequested(task, new Attempt(1), Five, "sink", "of another attempt"));
        _harness.Executor.RunUntilIdle();

        Assert.Equal(
            new CheckpointRequested(task, default, Five, "sink", "it is half full"), Assert.Single(_harness.Link.Sent.OfType<CheckpointRequested>()));
    }

    [Theory]
    [InlineData(CheckpointMode.ExactlyOnce)]
    [InlineData(CheckpointMode.AtLeastOnce)]
    public void Tasks_get_the_plan_of_checkpoints(CheckpointMode mode)
    {
        _harness.Tell(_harness.Deployment() with { Checkpoints = new CheckpointPlan(First, Storage, mode) });

        Assert.All(_harness.Tasks.Started, task => Assert.Equal(
            (new CheckpointTarget(Storage, First), true, mode == CheckpointMode.ExactlyOnce, null),
            (task.Checkpoints, task.HasCheckpoints, task.AlignsBarriers, task.Restore)));
    }

    [Fact]
    public async Task The_manifest_is_read_once_and_given_to_all_tasks_also_where_the_graph_is_there_already()
    {
        _harness.DeployAndRun();
        await StoreAsync();

        _harness.Tell(_harness.Deployment(attempt: 1) with { Restore = new RestorePlan(Storage, AgentHarness.Job, Five) });

        TaskDeployment[] started = [.. _harness.Tasks.Started.Where(task => task.Attempt == new Attempt(1))];
        Assert.Equal(2, started.Length);
        Assert.Equal((Five, Storage), (started[0].Restore!.State.Checkpoint, started[0].Restore!.Storage));
        Assert.Same(started[0].Restore, started[1].Restore);
        Assert.Equal(new TasksDeployed(AgentHarness.Job, new Attempt(1)), _harness.Link.Sent[^1]);
    }

    [Fact]
    public async Task A_checkpoint_that_is_missing_is_refused_as_damaged()
    {
        await StoreAsync();

        _harness.Tell(_harness.Deployment() with { Restore = new RestorePlan(Storage, AgentHarness.Job, new CheckpointId(6)) });

        DeploymentRefused refused = Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]);
        Assert.Equal(ErrorCode.DamagedCheckpoint, refused.Error.Code);
        Assert.Empty(_harness.Tasks.Started);
        Assert.Single(_harness.Link.Sent.OfType<DeploymentRefused>());
    }

    [Fact]
    public void A_storage_that_cannot_be_opened_is_refused_and_says_so()
    {
        _harness.Tell(_harness.Deployment() with { Restore = new RestorePlan("s3://bucket", AgentHarness.Job, Five) });

        Assert.Equal(ErrorCode.CheckpointStorage, Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Code);
    }

    [Fact]
    public async Task A_deployment_that_is_cancelled_while_its_manifest_is_read_starts_no_task()
    {
        await StoreAsync();
        DeployTasks deployment = _harness.Deployment() with { Restore = new RestorePlan(Storage, AgentHarness.Job, Five) };
        _harness.Worker.Receive(_harness.Link, deployment);
        _harness.Worker.Receive(_harness.Link, new CancelTasks(AgentHarness.Job, default));
        _harness.Executor.RunUntilIdle();

        Assert.Empty(_harness.Tasks.Started);
        Assert.Equal(2, _harness.Reports(ExecutionState.Canceled).Count);
        Assert.Empty(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    private static TriggerCheckpoint Trigger() =>
        new(AgentHarness.Job, default, Five, CheckpointKind.Checkpoint, Storage, First, Base: null, Stop: null);

    private async Task StoreAsync()
    {
        ICheckpointStorage storage = _harness.Storages.Get(Storage);
        Epoch epoch = await storage.AcquireAsync(CancellationToken.None);
        CheckpointManifest manifest = TestManifests.Of(epoch.Number, Five.Number, []) with { Job = AgentHarness.Job };
        Assert.IsType<CommitResult.Committed>(await storage.CommitAsync(manifest, CancellationToken.None));
    }
}
