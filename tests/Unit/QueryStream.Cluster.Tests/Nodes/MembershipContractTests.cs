using QueryStream.Core.Identity;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;

namespace QueryStream.Cluster.Tests.Nodes;

/// <summary>Clusters of the simulation.</summary>
public sealed class SimulatedMembershipContractTests : MembershipSuite
{
    protected override ClusterOfProcesses Create() => new Processes();

    private sealed class Processes : ClusterOfProcesses
    {
        private readonly SimulatedCluster _cluster = new(seed: 5, workers: 0, slots: 1);

        public Processes() => _cluster.KillCoordinator();

        public override Epoch? Epoch => _cluster.Epoch;

        public override IReadOnlyList<string> Workers =>
            Epoch is null ? [] : [.. _cluster.Coordinator.Overview().Workers.Select(worker => worker.Worker.Name)];

        public override Task StartCoordinatorAsync() => Do(_cluster.StartCoordinator);

        public override Task KillCoordinatorAsync() => Do(_cluster.KillCoordinator);

        public override Task StartWorkerAsync(string name) => Do(() => _cluster.AddWorker(name, slots: 1));

        public override Task KillWorkerAsync(string name) => Do(() => _cluster.KillWorker(name));

        public override Task LeaveAsync(string name) => Do(() => _ = _cluster.LeaveAsync(name));

        public override Task CutOffAsync(string name) => Do(() => _cluster.Disconnect(name));

        public override Task UntilAsync(string what, Func<bool> condition) =>
            Do(() => _cluster.Executor.AdvanceUntil(what, condition, TimeSpan.FromMinutes(1)));

        public override ValueTask DisposeAsync()
        {
            _cluster.Dispose();
            return ValueTask.CompletedTask;
        }

        private static Task Do(Action action)
        {
            action();
            return Task.CompletedTask;
        }
    }
}

/// <summary>Clusters of Akka, over real connections.</summary>
public sealed class AkkaMembershipContractTests : MembershipSuite
{
    protected override ClusterOfProcesses Create() => new Processes();

    private sealed class Processes : ClusterOfProcesses
    {
        private readonly TestNodes _nodes = new();
        private readonly Dictionary<string, TestNode> _workers = [];
        private TestNode? _coordinator;

        public override Epoch? Epoch => _coordinator?.Leadership.Epoch;

        public override IReadOnlyList<string> Workers =>
            _coordinator?.Leadership.Leading is { } leading ? [.. leading.Overview().Workers.Select(worker => worker.Worker.Name)] : [];

        public override async Task StartCoordinatorAsync() => _coordinator = await _nodes.StartCoordinatorAsync();

        public override async Task KillCoordinatorAsync()
        {
            await _coordinator!.CrashAsync();
            _coordinator = null;
        }

        public override async Task StartWorkerAsync(string name) => _workers[name] = await _nodes.StartWorkerAsync(name);

        public override async Task KillWorkerAsync(string name)
        {
            _workers.Remove(name, out TestNode? worker);
            await worker!.CrashAsync();
        }

        public override async Task LeaveAsync(string name)
        {
            _workers.Remove(name, out TestNode? worker);
            await worker!.DisposeAsync();
        }

        public override async Task CutOffAsync(string name)
        {
            _workers.Remove(name, out TestNode? worker);
            foreach (TestNode other in _workers.Values.Append(_coordinator!))
            {
                await other.CutAsync(worker!, isCut: true);
            }
        }

        public override Task UntilAsync(string what, Func<bool> condition) => Wait.UntilAsync(what, condition, TimeSpan.FromMinutes(1));

        public override ValueTask DisposeAsync() => _nodes.DisposeAsync();
    }
}
