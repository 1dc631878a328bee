using System.Globalization;
using System.Net;
using System.Net.Sockets;
using QueryStream.Core.Errors;
using QueryStream.Exchange;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Machine;

/// <summary>Starts a cluster in the background of this machine, as a whole or not at all.</summary>
/// <param name="folder">Where it is remembered.</param>
/// <param name="terminal">Where to write progress.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineStart(MachineFolder folder, Terminal terminal, TimeProvider time)
{
    private const int TailLines = 12;

    // Of the workers of a machine; 0 where more run than Flink's ports of metrics are: any port does, since nobody has to know it.
    private const string WorkerHttpPorts = "9249,9250,9251,9252,9253,9254,9255,9256,9257,0";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly List<MachineProcess> _processes = [];

    /// <summary>Starts the processes and returns when all workers are registered.</summary>
    /// <exception cref="QueryStreamException">It does not work; then none of the processes is left.</exception>
    public async Task RunAsync(MachineStartRequest request, CancellationToken stop)
    {
        await ClearAsync(folder.Read(), stop);
        RequireFree(request.HttpPort, "--http-port");
        RequireFree(request.Port, "--port");
        folder.DeleteLogs();
        try
        {
            Start(request, "coordinator", request.CoordinatorArguments);
            foreach (string worker in request.WorkerNames)
            {
                Start(request, worker, request.WorkerArguments(worker), ("QueryStream__Http__Ports", WorkerHttpPorts));
            }

            await WaitAsync(request, stop);
        }
        catch
        {
            // Nobody knows the processes of half a cluster.
            _processes.ForEach(static process => process.Identity.Send(Posix.Kill));
            folder.Clear();
            throw;
        }
    }

    private async Task ClearAsync(MachineCluster? before, CancellationToken stop)
    {
        if (before is null)
        {
            return;
        }

        if (before.IsRunning)
        {
            int number = before.Processes[0].Identity.Id;
            throw new MachineException(string.Create(
                CultureInfo.InvariantCulture,
                $"A cluster of yours runs on this machine already: its coordinator is process {number}, at {before.Coordinator}. "
                + $"Show it: querystream cluster show. End it: querystream cluster stop."));
        }

        if (before.Processes.Any(process => process.Identity.IsAlive))
        {
            await terminal.Error.WriteLineAsync("The coordinator of the cluster before has died: ending its workers.");
        }

        await new MachineStop(folder, TextWriter.Null, time).RunAsync(before, stop);
    }

    private static void RequireFree(int port, string option)
    {
        // As the processes do: a port of a cluster that was just stopped may be listened at.
        if (!TcpPorts.TryListen(IPAddress.Loopback, [port], out Socket? socket, out SocketException? problem))
        {
            throw new MachineException(string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} cannot be listened at on 127.0.0.1: {problem?.SocketErrorCode}. Is another process running there, "
                + $"perhaps another cluster? Set another port ({option})."));
        }

        socket.Dispose();
    }

    private void Start(MachineStartRequest request, string name, IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        string log = folder.LogOf(name);
        _processes.Add(new MachineProcess(name, BackgroundProcess.Start(arguments, log, environment), log));

        // After each, so that 'stop' finds what there is if this process is killed.
        folder.Write(new MachineCluster(request.Coordinator, _processes));
    }

    private async Task WaitAsync(MachineStartRequest request, CancellationToken stop)
    {
        long startedAt = time.GetTimestamp();
        string told = "";
        using ClusterClient client = new(ClusterAddress.Resolve(request.Coordinator, hasTls: false), certificates: null);
        while (true)
        {
            if (_processes.Find(static process => !process.Identity.IsAlive) is { } ended)
            {
                throw new MachineException($"{ended.Name} has ended instead of starting. The end of {ended.Log}: {TailOf(ended.Log)}");
            }

            HashSet<string> registered = await RegisteredAsync(client, stop);
            if (request.WorkerNames.All(registered.Contains))
            {
                return;
            }

            if (time.GetElapsedTime(startedAt) > Limit)
            {
                string missing = request.WorkerNames.First(name => !registered.Contains(name));
                string log = folder.LogOf(registered.Count == 0 ? "coordinator" : missing);
                throw new MachineException($"{missing} has not registered within {Limit.TotalSeconds:0} s. The end of {log}: {TailOf(log)}");
            }

            string progress = string.Create(
                CultureInfo.InvariantCulture, $"Starting: {registered.Count} of {request.Workers} workers have registered");
            if (progress != told)
            {
                told = progress;
                await terminal.Error.WriteLineAsync(progress);
            }

            await Task.Delay(Interval, time, stop);
        }
    }

    // None as long as the coordinator does not listen or lead.
    private static async Task<HashSet<string>> RegisteredAsync(ClusterClient client, CancellationToken stop)
    {
        try
        {
            IReadOnlyList<WorkerDetails> workers = await client.WorkersAsync(stop);
            return [.. workers.Select(worker => worker.Id)];
        }
        catch (QueryStreamException e) when (e.Code is ErrorCode.ServiceUnavailable or ErrorCode.ServiceRefused)
        {
            return [];
        }
    }

    // Errors are one line, so its lines are set apart by bars.
    private static string TailOf(string log)
    {
        try
        {
            return string.Join(" | ", File.ReadLines(log).Where(line => line.Length > 0).TakeLast(TailLines).DefaultIfEmpty("(empty)"));
        }
        catch (IOException)
        {
            return "(missing)";
        }
    }
}
