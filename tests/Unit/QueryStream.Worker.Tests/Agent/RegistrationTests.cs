using QueryStream.Core.Identity;
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

    private void Deploy(RecordingLink<CoordinatorMessage> link)
    {
        _harness.Worker.Receive(link, _harness.Deployment());
        _harness.Executor.RunUntilIdle();
    }
}
