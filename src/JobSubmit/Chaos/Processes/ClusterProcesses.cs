using System.Globalization;
using System.Net;
using System.Net.Sockets;
using QueryStream.Cluster.Management;
using QueryStream.Core.Errors;
using QueryStream.Exchange;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>Coordinators and workers of a cluster as processes of this machine, at free ports of the loopback address.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    // A frozen process answers nothing, and one that does not lead may send its clients to it.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly Dictionary<SupervisedProcess, ClusterClient> _clients = [];
    private readonly CancellationToken _stop;

    /// <summary>Starts all processes.</summary>
    /// <param name="request">The run. Its folder exists.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends requests.</param>
    public ClusterProcesses(ChaosRequest request, TimeProvider time, CancellationToken stop)
    {
        _stop = stop;
        int[] ports = FreePorts(request.Coordinators * 2);
        for (int i = 0; i < request.Coordinators; i++)
        {
            string http = Text(ports[request.Coordinators + i]);
            SupervisedProcess process = Add(
                $"coordinator-{Text(i + 1)}",
                ["coordinator", "--port", Text(ports[i]), "--http-port", http, "--storage", request.RedisUri, "--cluster", request.Name]);
            _clients.Add(process, new ClusterClient(ClusterAddress.TryParse($"127.0.0.1:{http}")!, certificates: null));
        }

        Coordinators = [.. _clients.Keys];
        string coordinators = string.Join(',', ports.Take(request.Coordinators).Select(port => $"127.0.0.1:{Text(port)}"));
        Workers =
        [
            .. Enumerable.Range(1, request.Workers).Select(number => Add(
                $"worker-{Text(number)}",
                [
                    "worker", "--name", $"worker-{Text(number)}", "--coordinator", coordinators, "--slots", Text(request.ClusterSlots),
                    "--data-port", "0", "--http-port", "0", "--cluster", request.Name,
                ])),
        ];
        foreach (SupervisedProcess process in All)
        {
            process.Start();
        }

        SupervisedProcess Add(string name, IReadOnlyList<string> arguments) => new(
            name,
            arguments,
            Path.Combine(request.Folder, $"{name}.log"),
            time,
            ("QueryStream__Blobs__Directory", Path.Combine(request.Folder, name, "blobs")),
            ("QueryStream__Blobs__CacheDirectory", Path.Combine(request.Folder, name, "jobs")));
    }

    /// <summary>The coordinators.</summary>
    public IReadOnlyList<SupervisedProcess> Coordinators { get; }

    /// <summary>The workers.</summary>
    public IReadOnlyList<SupervisedProcess> Workers { get; }

    /// <summary>All processes.</summary>
    public IEnumerable<SupervisedProcess> All => [.. Coordinators, .. Workers];

    /// <summary>Looks for the coordinator that leads. Of two that say so, one was overtaken.</summary>
    /// <returns>Null: none says so at the moment.</returns>
    public async Task<Leader?> FindLeaderAsync()
    {
        Leader? found = null;
        foreach ((SupervisedProcess process, ClusterClient client) in _clients.Where(coordinator => coordinator.Key.IsRunning))
        {
            if (await TryAskAsync(client, static (asked, stop) => asked.MembersAsync(stop)) is { Epoch: long epoch } view
                && epoch > (found?.View.Epoch ?? long.MinValue))
            {
                found = new Leader(process, client, view);
            }
        }

        return found;
    }

    /// <summary>Asks a coordinator. One that has just begun to lead may not know the job yet.</summary>
    /// <returns>Its answer; null: it gives none at the moment.</returns>
    public async Task<T?> TryAskAsync<T>(ClusterClient client, Func<ClusterClient, CancellationToken, Task<T>> ask)
        where T : class
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return await ask(client, limit.Token);
        }
        catch (QueryStreamException e) when (e.Code is ErrorCode.ServiceUnavailable or ErrorCode.ServiceRefused or ErrorCode.JobNotFound)
        {
            return null;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ClusterClient client in _clients.Values)
        {
            client.Dispose();
        }

        // At the same time: each of them may take a moment.
        await Task.WhenAll(All.Select(process => process.DisposeAsync().AsTask()));
    }

    // All are held until all are chosen, so that none is chosen twice.
    private static int[] FreePorts(int count)
    {
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                sockets.Add(TcpPorts.TryListen(IPAddress.Loopback, [0], out Socket? socket, out SocketException? problem)
                    ? socket
                    : throw new ChaosException($"No port of 127.0.0.1 is free: {problem?.Message}"));
            }

            return [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The coordinator that leads.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Client">Talks to it.</param>
/// <param name="View">The cluster as it sees it.</param>
internal sealed record Leader(SupervisedProcess Process, ClusterClient Client, ClusterView View);
