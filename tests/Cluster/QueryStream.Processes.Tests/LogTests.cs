using System.Globalization;
using System.Text.Json.Nodes;

namespace QueryStream.Processes.Tests;

/// <summary>The logs of processes, read through the coordinator, and the programs that are one process only.</summary>
public sealed class LogTests
{
    private const string Coordinator = "querystream-coordinator";
    private const string Worker = "querystream-worker";

    [Fact]
    public async Task Programs_of_one_role_form_a_cluster_that_shows_its_logs()
    {
        await using ProcessCluster cluster = new();
        CommandProcess coordinator = cluster.StartProgram(
            Coordinator, string.Create(CultureInfo.InvariantCulture, $"--port {cluster.Port} --http-port {cluster.HttpPort}"));
        CommandProcess worker = cluster.StartProgram(Worker, $"--name worker-1 --slots 3 --data-port 0 {cluster.WorkerOptions}");
        await cluster.RegisteredAsync("worker-1");

        CommandEnd ofWorker = await cluster.RunAsync("logs worker-1");
        Assert.True(ofWorker.ExitCode == 0, ofWorker.Errors);
        Assert.Contains("Waiting for a coordinator of the cluster 'querystream'", ofWorker.Output, StringComparison.Ordinal);

        // What it has written to its console too; only the times of the two differ.
        await worker.WroteAsync(ofWorker.Output.Split('\n')[0]["HH:mm:ss.fff".Length..]);
        CommandEnd ofCoordinator = await cluster.RunAsync("logs");
        Assert.Contains("This coordinator leads the cluster", ofCoordinator.Output, StringComparison.Ordinal);
        CommandEnd last = await cluster.RunAsync("logs worker-1 -n 1 --json");
        JsonNode answer = JsonNode.Parse(last.Output)!;
        Assert.Equal(("worker", "worker-1"), ((string)answer["role"]!, (string)answer["worker"]!));
        Assert.Single(answer["lines"]!.AsArray());

        CommandEnd unknown = await cluster.RunAsync("logs woker-1");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("ERROR: There is no worker 'woker-1'. Is 'worker-1' meant?", unknown.Errors, StringComparison.Ordinal);

        worker.SendTerminate();
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
        coordinator.SendTerminate();
        Assert.Equal(0, (await coordinator.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData(Coordinator, "--slots 2", "'querystream-coordinator' has no option '--slots'. There are: --bind, --cluster,")]
    [InlineData(Coordinator, "-Drest.prot=1 --http-port 0", "rest.port")]
    [InlineData(Worker, "fly", "'querystream-worker' does not expect 'fly'. See querystream-worker --help.")]
    [InlineData(Worker, "--slots 0 --name w --http-port 0", "0 is not allowed for w. Allowed: 1 to 1024.")]
    public async Task A_wrong_option_of_them_is_one_line(string program, string arguments, string error)
    {
        await using CommandProcess process = CommandProcess.StartProgram(program, arguments);
        CommandEnd end = await process.EndAsync();

        Assert.Equal(1, end.ExitCode);
        Assert.Contains(error, Assert.Single(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.StartsWith("ERROR: ", end.Errors, StringComparison.Ordinal);
    }
}
