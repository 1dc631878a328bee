using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QueryStream.Processes.Tests;

/// <summary>Processes come, go, freeze and die.</summary>
public sealed class MembershipTests
{
    private const int KilledExitCode = 137;

    [Fact]
    public async Task Workers_wait_for_a_coordinator_outlive_it_and_register_with_the_next_one()
    {
        await using ProcessCluster cluster = new();
        CommandProcess first = cluster.StartWorker("worker-1");
        string port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        await first.WroteAsync($"Waiting for a coordinator of the cluster 'querystream' at 127.0.0.1:{port}");
        cluster.StartWorker("worker-2");
        CommandProcess coordinator = cluster.StartCoordinator();
        await cluster.RegisteredAsync("worker-1", "worker-2");

        coordinator.Kill();
        await first.WroteAsync("The cluster has no coordinator");
        cluster.StartCoordinator();
        await cluster.RegisteredAsync("worker-1", "worker-2");
    }

    [Fact]
    public async Task A_worker_that_is_frozen_is_declared_dead_and_ends_when_it_wakes()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 1);
        CommandProcess frozen = cluster.Worker("worker-2");
        frozen.Freeze();
        await cluster.RegisteredAsync("worker-1");

        frozen.Thaw();
        CommandEnd end = await frozen.EndAsync();
        Assert.Equal(KilledExitCode, end.ExitCode);
        Assert.Contains("This process ends at once", end.Errors, StringComparison.Ordinal);
        await cluster.RegisteredAsync("worker-1");
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_leaves_without_an_error()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 1);
        CommandProcess worker = cluster.Worker("worker-1");
        worker.SendTerminate();
        CommandEnd end = await worker.EndAsync();
        await cluster.RegisteredAsync("worker-2");
        Assert.Equal(0, end.ExitCode);
        Assert.DoesNotContain("ERROR", end.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("FATAL", end.Errors, StringComparison.Ordinal);

        // The same, asked over HTTP.
        CommandEnd leave = await cluster.RunAsync("cluster leave worker-2");
        Assert.StartsWith("Leaving akka.tcp://querystream@127.0.0.1:", leave.Output, StringComparison.Ordinal);
        await cluster.RegisteredAsync();
        CommandEnd left = await cluster.Worker("worker-2").EndAsync();
        Assert.Equal(0, left.ExitCode);
        Assert.DoesNotContain("FATAL", left.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_of_another_cluster_and_one_at_a_wrong_port_wait_and_the_latter_can_be_told_to_join()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 1, slots: 1);
        string port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        CommandProcess other = cluster.StartWorker("other", options: $"--cluster other --coordinator localhost:{port} --http-port 0");
        string http = ProcessCluster.FreePort().ToString(CultureInfo.InvariantCulture);
        CommandProcess lost = cluster.StartWorker("worker-2", options: $"--coordinator {cluster.Coordinator} --http-port {http}");
        await other.WroteAsync($"Waiting for a coordinator of the cluster 'other' at 127.0.0.1:{port}");
        await lost.WroteAsync($"Waiting for a coordinator of the cluster 'querystream' at {cluster.Coordinator}");

        CommandEnd refused = await PbmAsync($"127.0.0.1:{http} cluster join -a akka.tcp://other@127.0.0.1:{port}");
        Assert.Contains("is no address of this cluster", refused.Errors, StringComparison.Ordinal);
        string address = $"akka.tcp://querystream@127.0.0.1:{port}";
        CommandEnd join = await PbmAsync($"127.0.0.1:{http} cluster join -a {address}");
        Assert.Equal((0, $"Joining {address}\n"), (join.ExitCode, join.Output));
        await cluster.RegisteredAsync("worker-1", "worker-2");

        CommandEnd again = await PbmAsync($"{cluster.Coordinator} cluster join -a {address}");
        Assert.Contains("is a member of a cluster already, with 3 members", again.Errors, StringComparison.Ordinal);
        CommandEnd show = await PbmAsync($"{cluster.Coordinator} cluster show");
        Assert.Contains($"{address} | [coordinator] | up |\n", show.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nCount: 3 nodes\n", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_by_its_number()
    {
        using TcpListener used = new(IPAddress.Loopback, 0);
        used.Start();
        string port = ((IPEndPoint)used.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        CommandEnd http = await CommandProcess.RunAsync($"coordinator --port 0 --http-port {port}");
        CommandEnd control = await CommandProcess.RunAsync($"coordinator --port {port} --http-port 0");
        CommandEnd data = await CommandProcess.RunAsync($"worker --data-port {port} --http-port 0");

        Assert.Equal((1, 1, 1), (http.ExitCode, control.ExitCode, data.ExitCode));
        Assert.Contains($"none of the ports {port} can be listened at", http.Errors, StringComparison.Ordinal);
        Assert.Contains($"port {port} cannot be listened at on 127.0.0.1", control.Errors, StringComparison.Ordinal);
        Assert.Contains(port, data.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_knows_the_token_changes_the_cluster()
    {
        const string Token = "secret-4711";
        string http = ProcessCluster.FreePort().ToString(CultureInfo.InvariantCulture);
        await using CommandProcess coordinator = CommandProcess.Start($"coordinator --port 0 --http-port {http}", ("QUERYSTREAM_TOKEN", Token));
        await coordinator.WroteAsync("This coordinator leads the cluster");
        string members = (await CommandProcess.RunAsync($"cluster members -m localhost:{http}")).Output;
        string self = members[..members.IndexOf(' ', StringComparison.Ordinal)];

        CommandEnd without = await CommandProcess.RunAsync($"cluster leave {self} -m localhost:{http}");
        CommandEnd wrong = await CommandProcess.RunAsync($"cluster leave {self} -m localhost:{http} --token wrong");
        CommandEnd right = await CommandProcess.RunAsync($"cluster leave {self} -m localhost:{http}", ("QUERYSTREAM_TOKEN", Token));

        Assert.Equal((1, 1, 0), (without.ExitCode, wrong.ExitCode, right.ExitCode));
        Assert.Contains("Set $QUERYSTREAM_TOKEN or give --token", without.Errors, StringComparison.Ordinal);
        CommandEnd end = await coordinator.EndAsync();
        Assert.DoesNotContain(Token, end.Errors + right.Output + right.Errors, StringComparison.Ordinal);
    }

    private static Task<CommandEnd> PbmAsync(string arguments) => CommandProcess.RunAsync(arguments, ("QUERYSTREAM_COMMAND", "pbm"));
}
