using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>Subtasks that move away from a worker, or to it, while others go on.</summary>
public sealed class MoveTests : IDisposable
{
    private const string Storage = "file:///checkpoints";

    private static readonly CheckpointId Cut = new(7);
    private static readonly Attempt First = new(0);
    private static readonly Attempt Next = new(5);

    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Tasks_that_move_are_cancelled_and_the_worker_stays_connected_until_all_others_know()
    {
        TaskId[] tasks = Run();
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, tasks));
        Assert.Equal(First, Assert.Single(_harness.Link.Sent.OfType<MovePrepared>()).Attempt);
        Assert.Empty(_harness.Reports(ExecutionState.Canceled));

        _harness.Tell(MoveOf(tasks));
        Assert.Equal(tasks.ToHashSet(), _harness.Reports(ExecutionState.Canceled).Select(report => report.Task).ToHashSet());
        Assert.Single(_harness.Link.Sent.OfType<TasksMoved>());
        Assert.Equal(tasks.Select(task => (task, First)).ToHashSet(), _harness.Connectable);

        _harness.Tell(new ReconnectTasks(AgentHarness.Job, First));
        Assert.Empty(_harness.Connectable);
        Assert.Empty(Held());
    }

    [Fact]
    public void A_worker_that_leaves_stops_when_the_move_is_over_and_not_before()
    {
        TaskId[] tasks = Run();
        Task left = _harness.Worker.LeaveAsync();
        _harness.Executor.RunUntilIdle();
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, tasks));
        _harness.Tell(MoveOf(tasks));
        Assert.False(_harness.Worker.Stopped.IsCompleted);

        _harness.Tell(new ReconnectTasks(AgentHarness.Job, First));
        Assert.True(_harness.Worker.Stopped.IsCompleted);
        Assert.False(left.IsFaulted);
    }

    [Fact]
    public void Tasks_that_stay_are_told_in_the_order_of_the_move_and_not_cancelled()
    {
        TaskId[] tasks = Run();
        TaskId[] others = [.. tasks.Select(task => task with { Subtask = 1 })];
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, others));
        Assert.True(Held().Single().IsMoving);
        _harness.Tell(MoveOf(others));
        Assert.Equal(tasks, _harness.Relocated);
        Assert.Single(_harness.Link.Sent.OfType<TasksMoved>());
        _harness.Tell(new ReconnectTasks(AgentHarness.Job, First));

        Assert.Empty(_harness.Reports(ExecutionState.Canceled));
        Assert.Equal(
            [false, false, true],
            _harness.Tasks.Told.Where(told => told.Task == tasks[0]).Select(told => told.Message == TaskMessage.Reconnect));
        Assert.False(Held().Single().IsMoving);
    }

    [Fact]
    public void After_an_aborted_checkpoint_nothing_moves_any_more()
    {
        TaskId[] tasks = Run();
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, tasks));
        _harness.Tell(new CheckpointAborted(AgentHarness.Job, First, Cut));
        Assert.False(Held().Single().IsMoving);
        _harness.Tell(MoveOf(tasks));
        Assert.Single(_harness.Link.Sent.OfType<DeploymentRefused>());
        Assert.Empty(_harness.Reports(ExecutionState.Canceled));
    }

    [Fact]
    public void A_move_of_tasks_that_do_not_run_here_is_refused()
    {
        _harness.Connect();
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, []));
        Assert.Equal(First, Assert.Single(_harness.Link.Sent.OfType<DeploymentRefused>()).Attempt);
    }

    [Fact]
    public void A_job_that_is_cancelled_while_its_tasks_have_moved_away_is_forgotten()
    {
        TaskId[] tasks = Run();
        _harness.Tell(new PrepareMove(AgentHarness.Job, First, Cut, tasks));
        _harness.Tell(MoveOf(tasks));
        _harness.Tell(new CancelTasks(AgentHarness.Job, First));
        _harness.Tell(new ReleaseJob(AgentHarness.Job));
        Assert.Empty(Held());
        Assert.Empty(_harness.Connectable);
    }

    [Fact]
    public async Task Tasks_that_move_here_are_deployed_beside_the_others_of_their_region_with_their_own_part_of_the_checkpoint()
    {
        TaskId[] tasks = Run();
        ICheckpointStorage storage = _harness.Storages.Get(Storage);
        Epoch epoch = await storage.AcquireAsync(CancellationToken.None);
        await storage.CommitAsync(TestManifests.Of(epoch.Number, Cut.Number, []) with { Job = AgentHarness.Job }, CancellationToken.None);
        DeployTasks first = _harness.Deployment();
        _harness.Tell(first with
        {
            Attempt = Next,
            Region = First,
            Restore = new RestorePlan(Storage, AgentHarness.Job, Cut),
            Placement =
            [
                .. first.Placement.Select(task => task.Subtask == 0
                    ? task with { Attempt = First }
                    : task with { Slot = new SlotId(AgentHarness.Me, 1) }),
            ],
            Moved = [.. tasks.Select(task => new TaskSnapshot(task with { Subtask = 1 }, Cut, [])
            {
                KeyGroups = 128,
                Watermark = EventTime.MinValue,
            })],
        });

        Assert.Empty(_harness.Reports(ExecutionState.Canceled));
        Assert.Equal(Next, _harness.Link.Sent.OfType<TasksDeployed>().Last().Attempt);
        TaskDeployment[] moved = [.. _harness.Tasks.Started.Where(task => task.Attempt == Next)];
        Assert.Equal(tasks.Select(task => task with { Subtask = 1 }), moved.Select(task => task.Id));
        Assert.All(moved, task => Assert.True(task.HasMoved));
        Assert.All(moved, task => Assert.Equal(tasks.ToDictionary(other => other, _ => First), task.PeerAttempts));
        Assert.Equal([null, First], Held().Select(held => held.Region));
    }

    private static MoveTasks MoveOf(TaskId[] tasks) => new(
        AgentHarness.Job,
        First,
        [.. tasks.Select(task => new TaskPlacement(task.Vertex, task.Subtask, new SlotId(AgentHarness.Other, 1), Next))]);

    // The tasks of this worker.
    private TaskId[] Run()
    {
        _harness.Connect();
        _harness.DeployAndRun();
        return [.. _harness.Tasks.Started.Select(task => task.Id)];
    }

    private IReadOnlyList<HeldTasks> Held()
    {
        RecordingLink<CoordinatorMessage> link = new();
        _harness.Worker.Connected(link);
        _harness.Executor.RunUntilIdle();
        IReadOnlyList<HeldTasks> held = link.Sent.OfType<RegisterWorker>().Single().Held;
        _harness.Worker.Disconnected(link);
        _harness.Executor.RunUntilIdle();
        return held;
    }
}
