using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Certificates;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Host.Http;
using QueryStream.Cluster.Host.Properties;
using QueryStream.Cluster.Host.Telemetry;
using QueryStream.Cluster.Leadership;
using QueryStream.Cluster.Management;
using QueryStream.Cluster.Strangers;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Connectors.Redis.Checkpoints;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Exchange;
using QueryStream.Hosting;
using QueryStream.Local;
using QueryStream.Rest;
using QueryStream.Rest.Threads;
using QueryStream.Web;
using QueryStream.Worker;

namespace QueryStream.Cluster.Host;

/// <summary>The processes of a cluster. Each is an ASP.NET Core application: its HTTP port serves REST, health and management.</summary>
public static class NodeHost
{
    private const int CoordinatorHttpPort = 8081;
    private const int FirstWorkerHttpPort = 9249;
    private const int WorkerHttpPorts = 9;

    // A worker has two slots.
    private const string DefaultParallelism = "2";

    /// <summary>The environment variable with the token of those who change the cluster, as <see cref="NodeOptions.ManagementToken"/>.</summary>
    public const string TokenVariable = "QUERYSTREAM_TOKEN";

    // The first worker of a machine has Flink's port of a TaskManager; those after it leave 6123 to the coordinator.
    private static readonly int[] WorkerDataPorts = [6122, .. Enumerable.Range(6124, 9)];

    /// <summary>Creates a coordinator process.</summary>
    /// <param name="commandLine">What the command line sets.</param>
    /// <exception cref="SettingException">A setting is not allowed, or its port is in use.</exception>
    public static WebApplication CreateCoordinator(NodeArguments commandLine)
    {
        WebApplicationBuilder builder = CreateBuilder(NodeRole.Coordinator, commandLine, [CoordinatorHttpPort], NodeOptions.DefaultCoordinatorPort);
        AddStorage(builder);
        SetDefaults(
            builder.Configuration,
            ($"{CoordinatorOptions.Section}:{nameof(CoordinatorOptions.SlotRequestTimeout)}", "5min"),
            ($"{RestOptions.Section}:{nameof(RestOptions.DefaultParallelism)}", DefaultParallelism));
        builder.Services.AddQueryStreamBlobStore().AddQueryStreamRest(static services => HttpClients.CreateHandler(services.GetService<PeerTls>()))
            .AddQueryStreamWeb();

        // For checkpoints in Redis, which it completes and deletes.
        builder.Services.AddQueryStreamRedis();
        builder.AddQueryStreamClusterCoordinator();
        builder.Services.AddSingleton<ILeadership, ClusterLeadership>();
        builder.Services.AddSingleton<IDeparture, CoordinatorDeparture>();
        builder.Services.AddSingleton<ClusterMembership>();
        builder.Services.AddSingleton<IClusterMembers, MembersOfCluster>();
        builder.Services.AddHostedService<CoordinatorMeter>();
        WebApplication application = Build(builder);
        application.UseQueryStreamWeb();
        application.MapQueryStreamWeb().MapQueryStreamRest();
        application.MapQueryStreamManagement(TokenOf(application)).MapQueryStreamProcess().MapQueryStreamRestFallback();
        return application;
    }

    /// <summary>Creates a worker process.</summary>
    /// <param name="commandLine">What the command line sets.</param>
    /// <exception cref="SettingException">A setting is not allowed, or none of its ports is free.</exception>
    public static WebApplication CreateWorker(NodeArguments commandLine)
    {
        WebApplicationBuilder builder = CreateBuilder(
            NodeRole.Worker, commandLine, Enumerable.Range(FirstWorkerHttpPort, WorkerHttpPorts), clusterPort: 0);
        NodeOptions node = OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section);
        SetDefaults(
            builder.Configuration,
            ($"{WorkerOptions.Section}:{nameof(WorkerOptions.Name)}", $"{Environment.MachineName}:{node.HttpPort}"),
            ($"{WorkerOptions.Section}:{nameof(WorkerOptions.HttpAddress)}", node.Http),
            ($"{ExchangeOptions.Section}:{nameof(ExchangeOptions.Cluster)}", node.Name),
            ($"{ExchangeOptions.Section}:{nameof(ExchangeOptions.Host)}", node.Host),
            ($"{ExchangeOptions.Section}:{nameof(ExchangeOptions.Bind)}", node.ListenHost),
            ($"{ExchangeOptions.Section}:{nameof(ExchangeOptions.Ports)}", string.Join(",", WorkerDataPorts.Append(0))));
        builder.Services.AddQueryStreamRemoteBlobs(
            static services => services.GetRequiredService<KnownLeader>().HttpAddress,
            static services => HttpClients.CreateHandler(services.GetService<PeerTls>()));
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis().AddQueryStreamExchange();
        builder.AddQueryStreamClusterWorker();
        ExchangeOptions exchange = OptionsServices.Read<ExchangeOptions>(builder.Configuration, ExchangeOptions.Section);
        node.RequireProtection($"{ExchangeOptions.Section}:{nameof(ExchangeOptions.Bind)}", exchange.Bind);
        builder.Services.AddSingleton<IDeparture, WorkerDeparture>();
        builder.Services.AddHostedService<WorkerMeter>();
        WebApplication application = Build(builder);
        application.MapQueryStreamManagement(TokenOf(application)).MapQueryStreamProcess().MapQueryStreamRestFallback();
        return application;
    }

    private static WebApplication Build(WebApplicationBuilder builder)
    {
        WebApplication application = builder.Build();
        TelemetryServices.Map(application);
        if (application.Services.GetService<PeerTls>() is not null)
        {
            HttpOptions http = OptionsServices.Read<HttpOptions>(application.Configuration, HttpOptions.Section);
            new HttpAccess(http, application.Services.GetRequiredService<StrangerLog>()).UseIn(application);
        }

        return application;
    }

    private static void AddStorage(WebApplicationBuilder builder)
    {
        string storage = OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section).Storage;
        if (storage.Length == 0)
        {
            return;
        }

        string setting = $"{NodeOptions.Section}:{nameof(NodeOptions.Storage)}";
        if (Uri.TryCreate(storage, UriKind.Absolute, out Uri? uri) && uri.IsFile)
        {
            SetDefaults(builder.Configuration, ($"{BlobOptions.Section}:{nameof(BlobOptions.Directory)}", Path.Combine(uri.LocalPath, "blobs")));
            builder.Services.AddSingleton<IClusterStore>(services => new DirectoryClusterStore(
                DurableFiles.Instance, storage, services.GetRequiredService<CheckpointStorages>()));
        }
        else if (uri?.Scheme is "redis" or "rediss")
        {
            RedisAddress address = RedisAddressOf(setting, storage);
            builder.Services.AddSingleton<IClusterStore>(services => new RedisClusterStore(
                services.GetRequiredService<NodeOptions>().Name,
                address,
                services.GetRequiredService<RedisClientOptions>(),
                services.GetRequiredService<ILogger<RedisClusterStore>>()));
            builder.Services.AddSingleton<IBlobCopies, StoredBlobs>();
        }
        else
        {
            throw new SettingException(
                setting, $"'{storage}' is no store. Write file:///PATH for one coordinator, or redis://HOST:PORT for several.");
        }

        builder.Services.AddSingleton<IJobRegistry, StoredJobs>();
    }

    private static RedisAddress RedisAddressOf(string setting, string text)
    {
        try
        {
            return RedisAddress.Parse(text);
        }
        catch (FormatException e)
        {
            throw new SettingException(setting, e.Message);
        }
    }

    private static string TokenOf(WebApplication application) =>
        application.Services.GetRequiredService<NodeOptions>().ManagementToken;

    private static WebApplicationBuilder CreateBuilder(NodeRole role, NodeArguments commandLine, IEnumerable<int> httpPorts, int clusterPort)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = Directory.GetCurrentDirectory() });
        ProcessProperties properties = ProcessProperties.Read(
            Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable, commandLine.Properties);
        LocalHost.Configure(builder, properties.Under(commandLine.Options, role));
        LocalHost.KeepRecentLog(builder);
        builder.Services.AddSingleton<ThreadDumper>();
        try
        {
            long channels = MemoryLimit.Apply(properties, role);
            SetDefaults(builder.Configuration, ($"{WorkerOptions.Section}:{nameof(WorkerOptions.ChannelMemory)}", Text(channels)));
            builder.Services.AddSingleton(PropertyKeys.JobDefaults(properties));
            builder.Services.AddSingleton(new EffectiveSettings(properties.Values));
            TelemetryServices.Add(builder, role);
            return Configure(builder, httpPorts, clusterPort);
        }
        catch (SettingException e)
        {
            throw properties.Renamed(e, role);
        }
    }

    private static WebApplicationBuilder Configure(WebApplicationBuilder builder, IEnumerable<int> httpPorts, int clusterPort)
    {
        SetDefaults(
            builder.Configuration,
            ($"{NodeOptions.Section}:{nameof(NodeOptions.Port)}", Text(clusterPort)),
            ($"{NodeOptions.Section}:{nameof(NodeOptions.ManagementToken)}", Environment.GetEnvironmentVariable(TokenVariable) ?? ""));
        NodeOptions node = OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section);
        RequireValid<WorkerOptions>(builder.Configuration, WorkerOptions.Section);
        RequireValid<ExchangeOptions>(builder.Configuration, ExchangeOptions.Section);
        RequireValid<CoordinatorOptions>(builder.Configuration, CoordinatorOptions.Section);
        RequireValid<RestOptions>(builder.Configuration, RestOptions.Section);
        RequireValid<WebOptions>(builder.Configuration, WebOptions.Section);
        SetDefaults(
            builder.Configuration,
            ($"{HttpOptions.Section}:{nameof(HttpOptions.Bind)}", node.ListenHost),
            ($"{RedisClientOptions.Section}:{nameof(RedisClientOptions.Cluster)}", node.Name));
        RequireFree(node);
        HttpOptions http = OptionsServices.Read<HttpOptions>(builder.Configuration, HttpOptions.Section);
        node.RequireProtection($"{HttpOptions.Section}:{nameof(HttpOptions.Bind)}", http.Bind);
        http.RequireCertificates(node.HasTls);
        Socket socket = http.Listen(httpPorts);
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        string scheme = node.HasTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        SetDefaults(builder.Configuration, ($"{NodeOptions.Section}:{nameof(NodeOptions.Http)}", $"{scheme}://{node.Host}:{Text(port)}"));
        RequireTls(OptionsServices.Read<NodeOptions>(builder.Configuration, NodeOptions.Section));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenHandle((ulong)socket.SafeHandle.DangerousGetHandle(), port =>
            {
                if (kestrel.ApplicationServices.GetService<PeerTls>() is { } tls)
                {
                    HttpTls.Use(port, tls, kestrel.Limits.KeepAliveTimeout);
                }
            });

            // Kestrel owns the handle from here on.
            socket.SafeHandle.SetHandleAsInvalid();
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddQueryStreamExecutor();
        builder.Services.AddHostedService<CodeCleanup>();
        return builder;
    }

    // The other processes would send the code of jobs, and logs, in the clear.
    private static void RequireTls(NodeOptions node)
    {
        if (node.HasTls && !node.Http.StartsWith($"{Uri.UriSchemeHttps}://", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingException(
                $"{NodeOptions.Section}:{nameof(NodeOptions.Http)}",
                $"'{node.Http}' is not allowed, since this process has certificates (--tls). Write https://HOST:PORT, or remove the setting.");
        }
    }

    // The services read them too, but only when the process starts, where nobody knows any more which of Flink's keys has set a value.
    private static void RequireValid<T>(IConfiguration configuration, string section)
        where T : class, new() => _ = OptionsServices.Read<T>(configuration, section);

    // Akka would say it in dozens of lines, after the process has half started. Another process may still take the port in between.
    private static void RequireFree(NodeOptions node)
    {
        if (node.Port == 0 || !IPAddress.TryParse(node.ListenHost, out IPAddress? address))
        {
            return;
        }

        if (!TcpPorts.TryListen(address, [node.Port], out Socket? socket, out SocketException? problem))
        {
            throw new SettingException(
                $"{NodeOptions.Section}:{nameof(NodeOptions.Port)}",
                $"port {Text(node.Port)} cannot be listened at on {node.ListenHost}: {problem?.SocketErrorCode}. Is another process running there? "
                + "Set another port (--port).");
        }

        socket.Dispose();
    }

    // Below everything that the user sets.
    private static void SetDefaults(IConfigurationManager configuration, params IEnumerable<(string Key, string Value)> defaults)
    {
        IEnumerable<KeyValuePair<string, string?>> missing = defaults.Where(pair => !configuration.GetSection(pair.Key).Exists())
            .Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value));
        configuration.AddInMemoryCollection([.. missing]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What the command line of a process sets.</summary>
/// <param name="Options">Values by configuration key; null values are not set.</param>
/// <param name="Properties">Settings by Flink's keys, <c>KEY=VALUE</c>.</param>
public sealed record NodeArguments(IEnumerable<KeyValuePair<string, string?>> Options, IEnumerable<string> Properties);
