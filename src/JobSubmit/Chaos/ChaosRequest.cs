using System.Security.Cryptography;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>The options of <c>querystream chaos</c>.</summary>
internal sealed record ChaosRequest
{
    public const int RoundsByDefault = 20;
    public const int RateByDefault = 5_000;
    public const int KeysByDefault = 1_000;

    /// <summary>How many partitions each of its topics has.</summary>
    public const int Partitions = 4;

    /// <summary>The windows of the job. Several are open at any time, so every restart has some to restore.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Kafka's bootstrap servers.</summary>
    public string Kafka { get; init; } = IKafkaClients.DefaultAddress;

    /// <summary>Redis.</summary>
    public RedisAddress Redis { get; init; } = RedisAddress.Parse(RedisAddress.Default);

    /// <summary>The minimum number of kills.</summary>
    public int Rounds { get; init; } = RoundsByDefault;

    /// <summary>Events per second.</summary>
    public int Rate { get; init; } = RateByDefault;

    /// <summary>The number of keys.</summary>
    public int Keys { get; init; } = KeysByDefault;

    /// <summary>The seed of the events' keys and of the moments at which the process is killed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The job's parallelism; null: one subtask per core.</summary>
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

    /// <summary>What all processes of the job log to.</summary>
    public string LogPath => Path.Combine(Folder, "job.log");

    /// <summary>The key of a running count in Redis.</summary>
    public string CountKey(string key) => $"{Name}:count:{key}";

    /// <summary>The key of a window in Redis.</summary>
    public string WindowKey(string key, long start) => FormattableString.Invariant($"{Name}:window:{key}:{start}");
}
