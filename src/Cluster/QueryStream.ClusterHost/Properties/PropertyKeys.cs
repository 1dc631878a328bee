using QueryStream.Cluster.Host.Http;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Exchange;
using QueryStream.Rest;
using QueryStream.Web;
using QueryStream.Worker;

namespace QueryStream.Cluster.Host.Properties;

/// <summary>Flink's keys that the processes of a cluster know, and what they set.</summary>
internal static class PropertyKeys
{
    public const string WorkerMemory = "taskmanager.memory.process.size";
    public const string CoordinatorMemory = "jobmanager.memory.process.size";
    public const string CoordinatorAddress = "jobmanager.rpc.address";
    public const string CoordinatorPort = "jobmanager.rpc.port";
    private const string AkkaPrefix = "akka.";

    // Keys of one meaning for both roles have null as role.
    private static readonly Property[] Direct =
    [
        new("high-availability.cluster-id", Role: null, NodeOptions.Section, nameof(NodeOptions.Name)),
        new("high-availability.storageDir", NodeRole.Coordinator, NodeOptions.Section, nameof(NodeOptions.Storage)),
        new("high-availability.adoption-timeout", NodeRole.Coordinator, CoordinatorOptions.Section, nameof(CoordinatorOptions.AdoptionTimeout)),
        new("parallelism.default", NodeRole.Coordinator, RestOptions.Section, nameof(RestOptions.DefaultParallelism)),
        new("slot.request.timeout", NodeRole.Coordinator, CoordinatorOptions.Section, nameof(CoordinatorOptions.SlotRequestTimeout)),
        new("jobmanager.scheduler", NodeRole.Coordinator, CoordinatorOptions.Section, nameof(CoordinatorOptions.Scheduler)),
        new(
            "jobmanager.adaptive-scheduler.resource-stabilization-timeout",
            NodeRole.Coordinator,
            CoordinatorOptions.Section,
            nameof(CoordinatorOptions.ResourceStabilizationTimeout)),
        new("jobmanager.bind-host", NodeRole.Coordinator, NodeOptions.Section, nameof(NodeOptions.BindHost)),
        new("security.ssl.rest.enabled", Role: null, HttpOptions.Section, nameof(HttpOptions.Tls)),
        new("security.ssl.rest.authentication-enabled", Role: null, HttpOptions.Section, nameof(HttpOptions.ClientCertificates)),
        new("rest.port", NodeRole.Coordinator, HttpOptions.Section, nameof(HttpOptions.Ports)),
        new("rest.bind-address", NodeRole.Coordinator, HttpOptions.Section, nameof(HttpOptions.Bind)),
        new("web.auth.token", NodeRole.Coordinator, WebOptions.Section, nameof(WebOptions.Token)),
        new("web.auth.password-file", NodeRole.Coordinator, WebOptions.Section, nameof(WebOptions.PasswordFile)),
        new("web.auth.read", NodeRole.Coordinator, WebOptions.Section, nameof(WebOptions.ProtectReading)),
        new("web.read-only", NodeRole.Coordinator, WebOptions.Section, nameof(WebOptions.ReadOnly)),
        new("taskmanager.numberOfTaskSlots", NodeRole.Worker, WorkerOptions.Section, nameof(WorkerOptions.Slots)),
        new("taskmanager.resource-id", NodeRole.Worker, WorkerOptions.Section, nameof(WorkerOptions.Name)),
        new("taskmanager.host", NodeRole.Worker, NodeOptions.Section, nameof(NodeOptions.Host)),
        new("taskmanager.bind-host", NodeRole.Worker, NodeOptions.Section, nameof(NodeOptions.BindHost)),
        new("taskmanager.rpc.port", NodeRole.Worker, NodeOptions.Section, nameof(NodeOptions.Port)),
        new("taskmanager.data.port", NodeRole.Worker, ExchangeOptions.Section, nameof(ExchangeOptions.Ports)),
    ];

    private static readonly string[] Combined = [CoordinatorAddress, CoordinatorPort, WorkerMemory, CoordinatorMemory];

    /// <summary>All keys, apart from those of Akka.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Direct.Select(property => property.Key).Concat(Combined).Concat(ExecutionOptions.Settings.Select(setting => setting.Name))
            .Order(StringComparer.Ordinal),
    ];

    private static readonly HashSet<string> Known = [.. All];
    private static readonly HashSet<string> FirstWords = [.. All.Select(FirstWordOf), "akka"];

    public static bool IsKnown(string key) => Known.Contains(key) || key.StartsWith(AkkaPrefix, StringComparison.Ordinal);

    /// <summary>Whether a key belongs to the engine, known or not: its first word does.</summary>
    public static bool IsOfFlink(string key) => FirstWords.Contains(FirstWordOf(key));

    public static string NearestTo(string key) => NearestName.Of(key, All);

    /// <summary>What the properties set in the configuration of a process.</summary>
    public static IEnumerable<(string Key, string ConfigurationKey, string Value)> Translate(ProcessProperties properties, NodeRole role)
    {
        foreach (Property property in Direct.Where(property => property.Role is null || property.Role == role))
        {
            if (properties.Find(property.Key) is { } value)
            {
                yield return (property.Key, $"{property.Section}:{property.Option}", value);
            }
        }

        if (properties.Find(CoordinatorAddress) is { } address)
        {
            string port = properties.Find(CoordinatorPort) ?? $"{NodeOptions.DefaultCoordinatorPort}";
            yield return role == NodeRole.Coordinator
                ? (CoordinatorAddress, $"{NodeOptions.Section}:{nameof(NodeOptions.Host)}", address)
                : (CoordinatorAddress, $"{NodeOptions.Section}:{nameof(NodeOptions.Coordinator)}", $"{address}:{port}");
        }

        if (role == NodeRole.Coordinator && properties.Find(CoordinatorPort) is { } own)
        {
            yield return (CoordinatorPort, $"{NodeOptions.Section}:{nameof(NodeOptions.Port)}", own);
        }

        string[] akka = [.. properties.Values.Where(value => value.Key.StartsWith(AkkaPrefix, StringComparison.Ordinal))
            .Select(value => $"{value.Key} = {value.Value}")];
        if (akka.Length > 0)
        {
            yield return (AkkaPrefix, $"{NodeOptions.Section}:{nameof(NodeOptions.Akka)}", string.Join('\n', akka));
        }
    }

    /// <summary>What jobs get that do not set it themselves.</summary>
    /// <exception cref="SettingException">A value is not allowed.</exception>
    public static JobDefaults JobDefaults(ProcessProperties properties)
    {
        JobDefaults defaults = new(properties.Values.Where(value => ExecutionOptions.Has(value.Key)).ToDictionary(StringComparer.Ordinal));
        try
        {
            _ = ExecutionOptions.Parse(defaults.Values);
        }
        catch (SettingException e) when (defaults.Values.ContainsKey(e.Setting))
        {
            throw properties.Error(e.Setting, e.Problem);
        }

        return defaults;
    }

    private static string FirstWordOf(string key) => key.Split('.')[0];

    private sealed record Property(string Key, NodeRole? Role, string Section, string Option);
}
