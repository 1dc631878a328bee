using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Leadership;
using QueryStream.Cluster.Membership;
using QueryStream.Core.Actors;
using QueryStream.Streams;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Cluster;
using QueryStream.Worker;

namespace QueryStream.Cluster.Tests.Nodes;

/// <summary>Nodes of one cluster, each with an actor system of its own, in the test's process.</summary>
internal sealed class TestNodes : IAsyncDisposable
{
    private readonly List<TestNode> _nodes = [];

    // All workers are in this process.
    private readonly InProcessChannels _channels = new();

    public TestJobs Jobs { get; } = new();

    /// <summary>Whether <see cref="TestNode.CutAsync"/> works. What makes it work leaves connections open that nodes otherwise close.</summary>
    public bool CanCut { get; init; } = true;

    /// <summary>Further settings of Akka, for all nodes.</summary>
    public string Hocon { get; init; } = "";

    /// <summary>Where the first coordinator listens.</summary>
    public int CoordinatorPort { get; } = FreePort();

    public Task<TestNode> StartCoordinatorAsync(string? tls = null) =>
        StartAsync("coordinator", CoordinatorPort, tls, static builder => builder.AddQueryStreamClusterCoordinator());

    public Task<TestNode> StartWorkerAsync(
        string name, int slots = 2, string? tls = null, string? cluster = null) => StartAsync(name, 0, tls, builder =>
    {
        if (cluster is not null)
        {
            builder.Configuration["QueryStream:Cluster:Name"] = cluster;
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["QueryStream:Worker:Name"] = name,
            ["QueryStream:Worker:Slots"] = slots.ToString(CultureInfo.InvariantCulture),
        });
        builder.Services.AddSingleton<ITaskChannels>(_channels);
        builder.AddQueryStreamClusterWorker();
    });

    public async ValueTask DisposeAsync()
    {
        foreach (TestNode node in Enumerable.Reverse(_nodes))
        {
            await node.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<TestNode> StartAsync(string name, int port, string? tls, Action<HostApplicationBuilder> add)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        LogCollector logs = new();
        FakeExit exit = new();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["QueryStream:Cluster:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["QueryStream:Cluster:Coordinator"] = $"localhost:{CoordinatorPort}",
            ["QueryStream:Cluster:Tls"] = tls,

            // A test that has cut a node off does not wait until it has left in peace.
            ["QueryStream:Cluster:Akka"] = $"""
                akka.coordinated-shutdown.run-by-actor-system-terminate = off
                akka.remote.sockets.applied-adapters = [{(CanCut ? "trttl" : "")}]
                {Hocon}
                """,
        });
        builder.Services
            .AddSingleton<ILoggerFactory>(logs)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<Executor>(new ThreadPoolExecutor(TimeProvider.System, (actor, e) => throw new InvalidOperationException(actor, e)))
            .AddSingleton<IJobLoader>(Jobs)
            .AddSingleton<IProcessExit>(exit);
        add(builder);
        TestNode node = new(name, builder.Build(), logs, exit);
        _nodes.Add(node);
        await node.Host.StartAsync();
        return node;
    }
}

/// <summary>One node.</summary>
internal sealed class TestNode(string name, IHost host, LogCollector logs, FakeExit exit) : IAsyncDisposable
{
    private bool _isGone;

    public string Name => name;

    public IHost Host => host;

    public LogCollector Logs => logs;

    public LeadershipState Leadership => host.Services.GetRequiredService<LeadershipState>();

    /// <summary>Why the process would have been killed; null: it would live.</summary>
    public string? KilledBecause => exit.Reason;

    public ActorSystem System => host.Services.GetRequiredService<ActorSystem>();

    /// <summary>Closes the sockets of the node's actor system without a word to the others, as a kill does.</summary>
    public async Task CrashAsync()
    {
        _isGone = true;
        await ((ExtendedActorSystem)System).Provider.Transport().Shutdown();
        await System.Terminate();
    }

    /// <summary>Lets nothing pass between this node and another one, or everything again.</summary>
    public async Task CutAsync(TestNode other, bool isCut)
    {
        foreach ((TestNode from, TestNode to) in ((TestNode, TestNode)[])[(this, other), (other, this)])
        {
            Address address = Akka.Cluster.Cluster.Get(to.System).SelfAddress;
            SetThrottle command = new(
                address, ThrottleTransportAdapter.Direction.Both, isCut ? Blackhole.Instance : Unthrottled.Instance);
            await ((ExtendedActorSystem)from.System).Provider.Transport().ManagementCommand(command);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isGone)
        {
            _isGone = true;
            await host.StopAsync();
            host.Dispose();
        }
    }
}

internal sealed class FakeExit : IProcessExit
{
    private volatile string? _reason;

    public string? Reason => _reason;

    public Task LeaveRequested => Task.CompletedTask;

    public void Kill(string reason) => _reason = reason;

    public void Leave()
    {
    }
}

internal static class ProviderExtensions
{
    public static Akka.Remote.RemoteTransport Transport(this IActorRefProvider provider) => ((Akka.Remote.IRemoteActorRefProvider)provider).Transport;
}
