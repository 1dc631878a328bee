using System.Collections.Concurrent;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Cluster;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>
/// A coordinator and workers in this process, which exchange rows over TCP as processes do. Only their control messages go from mailbox to mailbox.
/// </summary>
internal sealed class TcpCluster : IAsyncDisposable
{
    private readonly TestJobs _jobs = new();
    private readonly LogCollector _log = new();
    private readonly ThreadPoolExecutor _executor;
    private readonly CheckpointStorages _storages = new([new DirectoryStorageFactory(DurableFiles.Instance)]);
    private readonly CoordinatorNode _coordinator;
    private readonly List<WorkerNode> _workers = [];

    /// <summary>Starts workers with equal options.</summary>
    public TcpCluster(int workers, int slots, ExchangeOptions? options = null)
        : this(slots, [.. Enumerable.Range(1, workers).Select(number => new ExchangeNode($"worker-{number}", options))])
    {
    }

    /// <summary>Starts a worker for each exchange, and disposes of both.</summary>
    public TcpCluster(int slots, params IReadOnlyList<ExchangeNode> nodes)
    {
        Nodes = nodes;
        _executor = new ThreadPoolExecutor(TimeProvider.System, (actor, e) => Defects.Add($"{actor}: {e}"));
        _coordinator = new CoordinatorNode(new Epoch(1), _executor, new CoordinatorParts(_jobs, _storages, _log));
        foreach (ExchangeNode node in Nodes)
        {
            WorkerServices services = new(_jobs, node.Channels, new NoClients(), _storages, _log);
            WorkerNode worker = new(new WorkerOptions(node.Worker, slots), _executor, services);
            _workers.Add(worker);
            Link.Open(_coordinator, worker);
        }
    }

    public IReadOnlyList<ExchangeNode> Nodes { get; }

    public ConcurrentBag<string> Defects { get; } = [];

    public async Task<JobHandle> SubmitAsync(IStreamJob job, int parallelism, IReadOnlyDictionary<string, string>? options = null)
    {
        await _coordinator.WaitForWorkersAsync(_workers.Count, CancellationToken.None);
        JobSubmission submission = new(_jobs.Add(job.Name, job), JobSettings.None, parallelism);
        return await _coordinator.SubmitAsync(
            options is null ? submission : submission with { Options = ExecutionOptions.Parse(options) }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _coordinator.DisposeAsync();
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        _executor.Dispose();
    }

    private sealed class Link(Action<WorkerMessage> deliver) : ILink<WorkerMessage>
    {
        public static void Open(CoordinatorNode coordinator, WorkerNode worker)
        {
            Up? up = null;
            Link down = new(message => worker.Receive(up!, message));
            up = new Up(message => coordinator.Receive(down, message));
            worker.Connected(up);
        }

        public void Send(WorkerMessage message) => deliver(message);

        public void Close()
        {
        }
    }

    private sealed class Up(Action<CoordinatorMessage> deliver) : ILink<CoordinatorMessage>
    {
        public void Send(CoordinatorMessage message) => deliver(message);

        public void Close()
        {
        }
    }

    private sealed class NoClients : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
