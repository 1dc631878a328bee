using System.Security.Cryptography;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Time;
using QueryStream.JobSubmit.Chaos.Processes;
using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>The options of <c>querystream chaos</c>.</summary>
internal sealed record ChaosRequest
{
    public const int RoundsByDefault = 20;
    public const int RateByDefault = 5_000;
    public const int KeysByDefault = 1_000;
    public const int WorkersByDefault = 2;
    public const int CoordinatorsByDefault = 2;

    /// <summary>The job.</summary>
    public const string Job = "event-counts";

    private const string Interval = "execution.checkpointing.interval";
    private const string IntervalByDefault = "200ms";
    private const string RestartStrategy = "restart-strategy.";

    /// <summary>How many partitions each of its topics has.</summary>
    public const int Partitions = 4;

    /// <summary>The windows of the job. Several are open at any time, so every restart has some to restore.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Kafka's bootstrap servers.</summary>
    public string Kafka { get; init; } = IKafkaClients.DefaultAddress;

    /// <summary>Redis.</summary>
    public RedisAddress Redis { get; init; } = RedisAddress.Parse(RedisAddress.Default);

    /// <summary>Whether the job runs in one process, and not on a cluster.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The number of coordinators.</summary>
    public int Coordinators { get; init; } = CoordinatorsByDefault;

    /// <summary>The number of workers.</summary>
    public int Workers { get; init; } = WorkersByDefault;

    /// <summary>The slots of each worker; null: so many that the job finds enough where one worker is missing.</summary>
    public int? Slots { get; init; }

    /// <summary>The faults of a cluster from which each round gets one.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = FaultKinds.OfCluster;

    /// <summary>What takes away what the cluster needs, for outages.</summary>
    public IReadOnlyList<OutageScript> Outages { get; init; } = [];

    /// <summary>The file of the report, by its extension as text, JSON or Markdown; null: none.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The minimum number of faults.</summary>
    public int Rounds { get; init; } = RoundsByDefault;

    /// <summary>Events per second.</summary>
    public int Rate { get; init; } = RateByDefault;

    /// <summary>The number of keys.</summary>
    public int Keys { get; init; } = KeysByDefault;

    /// <summary>The seed of the events' keys, and of the faults with their moments.</summary>
    public ulong Seed { get; init; }

    /// <summary>The job's parallelism; null: one subtask per core, on a cluster one per worker.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The directory in which the folder of the run is created.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    /// <summary>Whether topics, keys and the folder are kept after the run.</summary>
    public bool Keep { get; init; }

    /// <summary>Whether the report is one JSON object.</summary>
    public bool Json { get; init; }

    /// <summary>Settings of the engine.</summary>
    public IReadOnlyDictionary<string, string> Engine { get; init; } = new Dictionary<string, string>();

    /// <summary>The storage of checkpoints that the engine's settings name; null: none.</summary>
    public string? Storage
    {
        get
        {
            string address = ExecutionOptions.Parse(Engine).Checkpoints.Storage;
            return address.Length > 0 ? address : null;
        }
    }

    /// <summary>All settings of the engine: those that were given, and what the run needs.</summary>
    public IReadOnlyDictionary<string, string> JobEngine
    {
        get
        {
            Dictionary<string, string> engine = new(Engine);
            if (Storage is null)
            {
                engine[CheckpointSettings.DirectoryName] = IsLocal ? $"file://{Path.Combine(Folder, "checkpoints")}" : ClusterCheckpoints;
            }

            engine.TryAdd(Interval, IntervalByDefault);
            if (!IsLocal && !engine.Keys.Any(key => key.StartsWith(RestartStrategy, StringComparison.Ordinal)))
            {
                // The delays of the default strategy would grow with each round.
                engine.Add($"{RestartStrategy}type", "fixed-delay");
                engine.Add($"{RestartStrategy}fixed-delay.attempts", "1000000");
                engine.Add($"{RestartStrategy}fixed-delay.delay", "100ms");
            }

            return engine;
        }
    }

    // Several coordinators need Redis: the lock of a directory would keep the next leader away while the one before is frozen.
    private string ClusterCheckpoints
    {
        get
        {
            // The name of the cluster comes before the certificate files of an address.
            string[] parts = RedisUri.Split('?', 2);
            parts[0] += $"/{Name}";
            return string.Join('?', parts);
        }
    }

    /// <summary>Settings of the job, except those that <see cref="JobSettings"/> adds.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>All settings of the job except its addresses.</summary>
    public IReadOnlyDictionary<string, string> JobSettings => new Dictionary<string, string>(Settings)
    {
        ["topic"] = Topic,
        ["output"] = Output,
        ["prefix"] = Name,
        ["channel"] = Channel,
        ["window"] = Durations.Format(Window),
    };

    /// <summary>The prefix of all names that this run creates. Random, so that runs do not share topics or keys.</summary>
    public string Name { get; } = $"querystream-chaos-{RandomNumberGenerator.GetHexString(10, lowercase: true)}";

    /// <summary>The topic with the events.</summary>
    public string Topic => $"{Name}-events";

    /// <summary>The topic that the job writes in transactions.</summary>
    public string Output => $"{Name}-counted";

    /// <summary>The channel on which the job publishes running counts.</summary>
    public string Channel => $"{Name}:updates";

    /// <summary>The folder of this run.</summary>
    public string Folder => Path.Combine(Path.GetFullPath(Directory), Name);

    /// <summary>The logs of the processes, for messages.</summary>
    public string LogPath => Path.Combine(Folder, IsLocal ? "job.log" : "*.log");

    /// <summary>Redis, with its scheme.</summary>
    public string RedisUri => Redis.ToString() is var text && text.Contains("://", StringComparison.Ordinal) ? text : $"redis://{text}";

    /// <summary>The parallelism of the job on a cluster.</summary>
    public int ClusterParallelism => Parallelism ?? Workers;

    /// <summary>The slots of each worker of a cluster.</summary>
    public int ClusterSlots => Slots ?? (ClusterParallelism + Math.Max(Workers - 1, 1) - 1) / Math.Max(Workers - 1, 1);

    /// <summary>What the names of all keys in Redis begin with: those of the job, and those of its cluster.</summary>
    public IReadOnlyList<string> RedisPrefixes => [$"{Name}:", $"querystream:{{{Name}}}:"];

    /// <summary>The key of a running count in Redis.</summary>
    public string CountKey(string key) => $"{Name}:count:{key}";

    /// <summary>The key of a window in Redis.</summary>
    public string WindowKey(string key, long start) => FormattableString.Invariant($"{Name}:window:{key}:{start}");
}
