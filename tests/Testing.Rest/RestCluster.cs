using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Blobs.Bundles;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Coordinator.State;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Hosting;
using QueryStream.Rest;
using QueryStream.TestKit.Logging;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;
using QueryStream.Worker;

namespace QueryStream.Testing.Rest;

/// <summary>
/// A coordinator with its REST interface on a free port, and workers, in this process. Coordinator and workers load jobs from bundles, each worker
/// with a cache of its own that it fills over HTTP.
/// </summary>
public sealed class RestCluster : ILeadership, IKeyOwners, IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-rest-");
    private readonly WebApplication _app;
    private readonly List<WorkerNode> _workers = [];
    private readonly CoordinatorNode _coordinator;
    private readonly Executor _executor;
    private readonly InProcessChannels _tasks = new();
    private readonly HttpClient _blobs = new();

    private RestCluster(IReadOnlyDictionary<string, string?> configuration)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
        [
            KeyValuePair.Create<string, string?>("QueryStream:Blobs:Directory", FolderOf("blobs")),
            KeyValuePair.Create<string, string?>("QueryStream:Blobs:CacheDirectory", FolderOf("jobs")),
            .. configuration,
        ]);
        _executor = new ThreadPoolExecutor(TimeProvider.System, (_, exception) => throw exception);
        builder.Services.AddSingleton(_executor);
        builder.Services.AddSingleton<ILeadership>(this);
        builder.Services.AddSingleton<IKeyOwners>(this);
        builder.Services.AddSingleton<ILoggerFactory>(Logs);
        builder.Services.AddQueryStreamBlobStore().AddQueryStreamCoordinator().AddQueryStreamRest();
        _app = builder.Build();
        _app.MapQueryStreamRest().MapQueryStreamRestFallback();
        _coordinator = _app.Services.GetRequiredService<CoordinatorFactory>().Start(new Epoch(1));
        Leading = _coordinator;
    }

    /// <summary>What coordinator and workers log.</summary>
    public LogCollector Logs { get; } = new();

    /// <inheritdoc/>
    public CoordinatorNode? Leading { get; set; }

    /// <inheritdoc/>
    public Uri? LeaderAddress { get; set; }

    /// <summary>Its HTTP address.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Its address as the command line takes it: HOST:PORT.</summary>
    public string HostAndPort => Address.Authority;

    /// <summary>Starts a cluster.</summary>
    /// <param name="workers">How many workers.</param>
    /// <param name="slots">How many slots each has.</param>
    /// <param name="configuration">Keys of the coordinator's configuration.</param>
    public static async Task<RestCluster> StartAsync(int workers, int slots, params (string Key, string Value)[] configuration)
    {
        RestCluster cluster = new(configuration.ToDictionary(pair => pair.Key, pair => (string?)pair.Value));
        await cluster._app.StartAsync();
        for (int number = 1; number <= workers; number++)
        {
            cluster.AddWorker(string.Create(CultureInfo.InvariantCulture, $"worker-{number}"), slots);
        }

        await cluster._coordinator.WaitForWorkersAsync(workers, CancellationToken.None);
        return cluster;
    }

    /// <summary>A path in the folder of this cluster, which is deleted with it.</summary>
    public string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>What the coordinator keeps of its log: nothing but what a test appends.</summary>
    public RecentLog Log => _app.Services.GetRequiredService<RecentLog>();

    /// <summary>Waits until so many workers are registered.</summary>
    public Task RegisteredAsync(int workers) => _coordinator.WaitForWorkersAsync(workers, CancellationToken.None);

    /// <summary>Adds a worker.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="slots">How many slots it has.</param>
    /// <param name="httpAddress">Where it says that it serves HTTP.</param>
    public void AddWorker(string name, int slots, string httpAddress = "")
    {
        HttpBlobSource source = new(_blobs, () => Address, TimeProvider.System, Logs.CreateLogger<HttpBlobSource>());
        BundleLoader loader = new(new BlobOptions { CacheDirectory = FolderOf(name) }, source, Logs.CreateLogger<BundleLoader>());
        WorkerServices services = new(loader, _tasks, _app.Services, _app.Services.GetRequiredService<CheckpointStorages>(), Logs)
        {
            Process = new ProcessProbe(TimeProvider.System).Read,
        };
        WorkerOptions options = new(new WorkerId(name), slots) { MetricsInterval = TimeSpan.FromMilliseconds(100), HttpAddress = httpAddress };
        WorkerNode worker = new(options, _executor, services);
        InMemoryLink<CoordinatorMessage>? up = null;
        InMemoryLink<WorkerMessage> down = new(message => worker.Receive(up!, message));
        up = new InMemoryLink<CoordinatorMessage>(message => _coordinator.Receive(down, message));
        _workers.Add(worker);
        worker.Connected(up);
    }

    /// <inheritdoc/>
    public async Task<StateAnswer?> AskAsync(JobShard shard, StateQuery query, TimeSpan limit, CancellationToken cancellationToken)
    {
        StateAnswer? answer = null;
        foreach (WorkerNode worker in _workers)
        {
            StateAnswer one = await worker.ReadStateAsync(query);
            answer = one.Outcome == StateOutcome.NotOwner ? answer ?? one : one;
        }

        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _coordinator.DisposeAsync();
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
        await _app.DisposeAsync();
        _blobs.Dispose();
        _folder.Delete(recursive: true);
    }
}
