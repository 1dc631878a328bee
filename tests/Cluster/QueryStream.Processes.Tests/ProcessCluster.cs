using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueryStream.Certificates;
using QueryStream.Cluster.Host.Http;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>Coordinators and workers of one cluster as processes of their own, on free ports, with a folder for what their jobs write.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    // Only a failure, or a machine that is overloaded, uses it up.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-processes-");
    private readonly List<CommandProcess> _processes = [];
    private readonly Dictionary<string, CommandProcess> _workers = [];
    private readonly ClusterCertificates? _certificates;
    private readonly HttpClient _http;

    /// <param name="tls">The directory with the certificates of commands and requests, which then come over TLS; null: they come without.</param>
    public ProcessCluster(string? tls = null)
    {
        Coordinator = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{HttpPort}");
        Tls = tls;
        _certificates = tls is null ? null : ClusterCertificates.LoadForClient(new CertificateFiles(tls), TimeProvider.System);
        _http = new HttpClient(HttpClients.CreateHandler(_certificates is null ? null : new PeerTls(_certificates)));
    }

    /// <summary>The directory with the certificates of commands and requests; null: none.</summary>
    public string? Tls { get; }

    /// <summary>The port of the coordinator's control messages.</summary>
    public int Port { get; } = FreePort();

    /// <summary>The coordinator's port of REST.</summary>
    public int HttpPort { get; } = FreePort();

    /// <summary>The lines of <c>QUERYSTREAM_PROPERTIES</c> of all processes.</summary>
    public string Properties { get; init; } = "";

    /// <summary>Further environment variables of all processes.</summary>
    public (string Name, string Value)[] Variables { get; init; } = [];

    /// <summary>The options of workers, unless others are given.</summary>
    public string WorkerOptions => string.Create(CultureInfo.InvariantCulture, $"--coordinator localhost:{Port} --http-port 0");

    /// <summary>The coordinator's address for commands.</summary>
    public string Coordinator { get; private set; }

    /// <summary>The address of a free port, as of now.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a coordinator and workers, named worker-1 and so on, and waits until they are registered.</summary>
    public static async Task<ProcessCluster> StartAsync(int workers, int slots)
    {
        ProcessCluster cluster = new();
        string[] names = [.. Enumerable.Range(1, workers).Select(number => string.Create(CultureInfo.InvariantCulture, $"worker-{number}"))];
        cluster.StartCoordinator();
        foreach (string name in names)
        {
            cluster.StartWorker(name, slots);
        }

        await cluster.RegisteredAsync(names);
        return cluster;
    }

    /// <summary>Starts a coordinator.</summary>
    /// <param name="options">Further options.</param>
    public CommandProcess StartCoordinator(string options = "") =>
        Start(string.Create(CultureInfo.InvariantCulture, $"coordinator --port {Port} --http-port {HttpPort} {options}"));

    /// <summary>Starts another coordinator, with files and ports of its own.</summary>
    /// <param name="options">Further options.</param>
    /// <returns>The process, and its address for commands.</returns>
    public (CommandProcess Process, string Address) StartStandby(string options)
    {
        int http = FreePort();
        CommandProcess process = Start(
            string.Create(CultureInfo.InvariantCulture, $"coordinator --port 0 --http-port {http} {options}"), "standby-blobs");
        return (process, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{http}"));
    }

    /// <summary>Starts a coordinator that leads, workers of two slots, and another coordinator, which share a storage.</summary>
    /// <param name="storage">Its address.</param>
    /// <param name="workers">The names of the workers.</param>
    /// <returns>Both coordinators, and the address of the standby for commands.</returns>
    public async Task<(CommandProcess Leader, CommandProcess Standby, string Address)> StartWithStandbyAsync(string storage, params string[] workers)
    {
        string options = $"--storage {storage}";
        CommandProcess leader = StartCoordinator(options);
        await leader.WroteAsync("This coordinator leads the cluster, epoch 1");
        foreach (string worker in workers)
        {
            StartWorker(worker, slots: 2);
        }

        await RegisteredAsync(workers);
        (CommandProcess standby, string address) = StartStandby(options);
        await standby.WroteAsync("which the store names");
        return (leader, standby, address);
    }

    /// <summary>From now on, commands and requests go to another coordinator.</summary>
    public void Use(string address) => Coordinator = address;

    /// <summary>Starts a worker, with ports of its own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="slots">Its slots; null: as its settings say.</param>
    /// <param name="options">Instead of <see cref="WorkerOptions"/>.</param>
    public CommandProcess StartWorker(string name, int? slots = 1, string? options = null)
    {
        string slotOption = slots is int count ? string.Create(CultureInfo.InvariantCulture, $"--slots {count}") : "";
        return _workers[name] = Start($"worker --name {name} {slotOption} --data-port 0 {options ?? WorkerOptions}");
    }

    /// <summary>The process of a worker.</summary>
    public CommandProcess Worker(string name) => _workers[name];

    /// <summary>Waits until exactly these workers are registered.</summary>
    public Task RegisteredAsync(params string[] names) => Wait.UntilAsync(
        $"the workers {string.Join(", ", names)} to be registered",
        async () => await TryGetAsync("/taskmanagers") is { } answer
            && answer["taskmanagers"]!.AsArray().Select(worker => (string)worker!["id"]!).SequenceEqual(names),
        Limit,
        () => string.Join("\n", _processes.Select(process => process.Errors)));

    /// <summary>Runs a command about the cluster.</summary>
    public Task<CommandEnd> RunAsync(string arguments) =>
        CommandProcess.RunAsync(arguments, ("QUERYSTREAM_COORDINATOR", Coordinator), ("QUERYSTREAM_TLS", Tls ?? ""));

    /// <summary>Submits a job, and does not wait for its end.</summary>
    /// <param name="arguments">The job, with options and settings of <c>run</c>.</param>
    /// <returns>Its id.</returns>
    public async Task<string> SubmitAsync(string arguments)
    {
        CommandEnd run = await RunAsync($"run --detached {arguments}");
        Assert.True(run.ExitCode == 0, run.Errors);
        return Regex.Match(run.Output, "[0-9a-f]{32}").Value;
    }

    /// <summary>Waits for what REST says.</summary>
    public async Task<JsonNode> UntilAsync(string what, string path, Func<JsonNode, bool> condition)
    {
        JsonNode? answer = null;
        await Wait.UntilAsync(
            what,
            async () => (answer = await TryGetAsync(path)) is not null && condition(answer),
            Limit,
            () => $"{answer}\n{string.Join("\n", _processes.Select(process => process.Errors))}");
        return answer!;
    }

    /// <summary>A path in the folder of the cluster.</summary>
    public string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _certificates?.Dispose();
        foreach (CommandProcess process in _processes)
        {
            process.Kill();
            await process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private CommandProcess Start(string arguments, string blobs = "blobs") => StartProgram("querystream", arguments, blobs);

    /// <summary>Starts a process by a program of its own.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its options.</param>
    /// <param name="blobs">The name of the folder for files of jobs.</param>
    public CommandProcess StartProgram(string program, string arguments, string blobs = "blobs")
    {
        CommandProcess process = CommandProcess.StartProgram(
            program,
            arguments,
            [
                ("QueryStream__Blobs__Directory", FolderOf(blobs)),
                ("QueryStream__Blobs__CacheDirectory", FolderOf("jobs")),
                ("QUERYSTREAM_PROPERTIES", Properties),
                .. Variables,
            ]);
        _processes.Add(process);
        return process;
    }

    // Null while the coordinator does not listen or does not lead.
    private async Task<JsonNode?> TryGetAsync(string path)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri($"{(Tls is null ? "http" : "https")}://{Coordinator}{path}"));
            return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
