using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

public sealed class RegistrationTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_coordinator_of_an_older_epoch_is_refused_and_the_newer_one_stays()
    {
        _harness.Connect(new Epoch(5));
        RecordingLink<CoordinatorMessage> newer = _harness.Link;
        _harness.Connect(new Epoch(4));
        RecordingLink<CoordinatorMessage> older = _harness.Link;

        Assert.True(older.IsClosed);
        Assert.False(newer.IsClosed);
        Deploy(older);
        Assert.Empty(_harness.Tasks.Started);
        Deploy(newer);
        Assert.NotEmpty(_harness.Tasks.Started);
    }

    [Fact]
    public void The_next_coordinator_replaces_the_one_before()
    {
        RecordingLink<CoordinatorMessage> before = _harness.Link;
        _harness.Connect(new Epoch(2));

        Assert.True(before.IsClosed);
        Deploy(before);
        Assert.Empty(_harness.Tasks.Started);
    }

    [Fact]
    public void Nothing_is_done_for_a_coordinator_before_it_has_said_its_epoch()
    {
        RecordingLink<CoordinatorMessage> link = new();
        _harness.Worker.Connected(link);
        Deploy(link);
        Assert.Empty(_harness.Tasks.Started);

        _harness.Worker.Receive(link, new WorkerRegistered(new Epoch(1)));
        Deploy(link);
        Assert.NotEmpty(_harness.Tasks.Started);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_changes_while_the_next_coordinator_registers_the_worker_is_reported_to_it(bool isOldConnectionOpen)
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;
        if (!isOldConnectionOpen)
        {
            _harness.Disconnect();
        }

        RecordingLink<CoordinatorMessage> next = new();
        _harness.Worker.Connected(next);
        _harness.Executor.RunUntilIdle();
        _harness.Tasks.Finish(task);
        _harness.Executor.RunUntilIdle();
        _harness.Worker.Receive(next, new WorkerRegistered(new Epoch(2)));
        _harness.Executor.RunUntilIdle();

        HeldTasks held = Assert.Single(Assert.IsType<RegisterWorker>(next.Sent[0]).Held);
        Assert.Equal(ExecutionState.Running, held.Tasks.Single(one => one.Placement.Vertex == task.Vertex).State);
        Assert.Equal(ExecutionState.Finished, Assert.Single(next.Sent.OfType<TaskReport>()).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Orders_wait_while_another_coordinator_registers_the_worker_and_count_only_if_it_is_refused(bool isRefused)
    {
        _harness.Connect(new Epoch(5));
        _harness.DeployAndRun();
        RecordingLink<CoordinatorMessage> next = new();
        _harness.Worker.Connected(next);
        _harness.Tell(new CheckpointCompleted(AgentHarness.Job, default, new CheckpointId(1)));
        TaskMessage completed = TaskMessage.CheckpointCompleted(new CheckpointId(1));
        Assert.DoesNotContain(_harness.Tasks.Told, told => told.Message.Equals(completed));

        _harness.Worker.Receive(next, new WorkerRegistered(new Epoch(isRefused ? 4 : 6)));
        _harness.Executor.RunUntilIdle();

        Assert.Equal(isRefused, _harness.Tasks.Told.Any(told => told.Message.Equals(completed)));
    }

    private void Deploy(RecordingLink<CoordinatorMessage> link)
    {
        _harness.Worker.Receive(link, _harness.Deployment());
        _harness.Executor.RunUntilIdle();
    }
}
