using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>A job of two regions, whose attempts are deployed, cancelled and replaced one by one.</summary>
public sealed class RegionTests : IDisposable
{
    private static readonly Attempt Left = new(0);
    private static readonly Attempt Right = new(1);
    private static readonly Attempt Next = new(2);

    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void The_next_attempt_of_a_region_replaces_its_own_tasks_and_not_those_of_the_other_region()
    {
        RunBoth();
        _harness.Tell(new CancelTasks(AgentHarness.Job, Left));
        Assert.Equal([Left, Left], _harness.Reports(ExecutionState.Canceled).Select(report => report.Attempt));

        _harness.Tell(_harness.DeploymentOfRegion(0, Next.Number));
        _harness.Tell(new RunTasks(AgentHarness.Job, Next));

        Assert.Equal([Left, Left, Right, Right, Next, Next], _harness.Reports(ExecutionState.Running).Select(report => report.Attempt));
        Assert.Equal([Right, Right, Next, Next], _harness.Connectable.Select(task => task.Attempt).Order(ByNumber));
        Assert.Equal(2, _harness.Reports(ExecutionState.Canceled).Count);
    }

    [Fact]
    public void Messages_about_checkpoints_reach_the_tasks_of_the_region_that_they_name()
    {
        RunBoth();

        _harness.Tell(new CheckpointCompleted(AgentHarness.Job, Right, new CheckpointId(1)));

        TaskMessage completed = TaskMessage.CheckpointCompleted(new CheckpointId(1));
        Assert.Equal([Right, Right], _harness.Tasks.Told.Where(told => told.Message.Equals(completed)).Select(told => told.Attempt));
    }

    [Fact]
    public void An_older_attempt_of_a_region_that_comes_late_is_ignored()
    {
        RunBoth();
        _harness.Tell(_harness.DeploymentOfRegion(0, Next.Number));
        int sent = _harness.Link.Sent.Count;

        _harness.Tell(_harness.DeploymentOfRegion(0, Left.Number));

        Assert.Equal(sent, _harness.Link.Sent.Count);
    }

    [Fact]
    public void The_graph_is_built_once_for_regions_that_are_deployed_together()
    {
        _harness.Worker.Receive(_harness.Link, _harness.DeploymentOfRegion(0, Left.Number));
        _harness.Worker.Receive(_harness.Link, _harness.DeploymentOfRegion(1, Right.Number));
        _harness.Executor.RunUntilIdle();

        Assert.Equal(1, _harness.BuiltRegions);
        Assert.Equal(
            [Left, Right], _harness.Link.Sent.OfType<TasksDeployed>().Select(deployed => deployed.Attempt).Order(ByNumber));
    }

    [Fact]
    public void A_region_that_runs_elsewhere_is_forgotten_and_the_other_one_goes_on()
    {
        RunBoth();

        _harness.Tell(new ReleaseTasks(AgentHarness.Job, Left));

        Assert.Equal([Left, Left], _harness.Reports(ExecutionState.Canceled).Select(report => report.Attempt));
        Assert.Equal([Right, Right], _harness.Connectable.Select(task => task.Attempt));
    }

    [Fact]
    public void The_end_of_the_job_releases_both_regions()
    {
        RunBoth();

        _harness.Tell(new ReleaseJob(AgentHarness.Job));

        Assert.Equal(4, _harness.Reports(ExecutionState.Canceled).Count);
        Assert.Empty(_harness.Connectable);
    }

    private static Comparer<Attempt> ByNumber => Comparer<Attempt>.Create((a, b) => a.Number.CompareTo(b.Number));

    private void RunBoth()
    {
        _harness.Tell(_harness.DeploymentOfRegion(0, Left.Number));
        _harness.Tell(_harness.DeploymentOfRegion(1, Right.Number));
        _harness.Tell(new RunTasks(AgentHarness.Job, Left));
        _harness.Tell(new RunTasks(AgentHarness.Job, Right));
    }
}
