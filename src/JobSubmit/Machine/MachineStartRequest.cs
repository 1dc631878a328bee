using System.Globalization;
using QueryStream.Cluster;

namespace QueryStream.JobSubmit.Machine;

/// <summary>Which cluster to start on this machine.</summary>
internal sealed record MachineStartRequest
{
    /// <summary>The number of workers.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>The slots of each worker.</summary>
    public int Slots { get; init; } = 2;

    /// <summary>The port of REST.</summary>
    public int HttpPort { get; init; } = 8081;

    /// <summary>The port of the cluster's control messages.</summary>
    public int Port { get; init; } = NodeOptions.DefaultCoordinatorPort;

    /// <summary>The coordinator's HTTP address.</summary>
    public string Coordinator => $"127.0.0.1:{Text(HttpPort)}";

    /// <summary>The names of the workers.</summary>
    public IReadOnlyList<string> WorkerNames => [.. Enumerable.Range(1, Workers).Select(number => $"worker-{Text(number)}")];

    /// <summary>The command line of the coordinator.</summary>
    public IReadOnlyList<string> CoordinatorArguments => ["coordinator", "--port", Text(Port), "--http-port", Text(HttpPort)];

    /// <summary>The command line of a worker.</summary>
    public IReadOnlyList<string> WorkerArguments(string name) =>
        ["worker", "--coordinator", $"127.0.0.1:{Text(Port)}", "--name", name, "--slots", Text(Slots)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
