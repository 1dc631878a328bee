using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Local;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.QueryAnalytics;
using QueryStream.Testing.Redis;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>Query Analytics in a local cluster with real servers, a new topic and an empty store.</summary>
public sealed class AnalyticsRun : IAsyncDisposable, IKafkaProducerListener
{
    private const string Channel = "analytics:updates";

    private readonly Servers _servers;
    private readonly LibrdkafkaClients _kafka;
    private readonly StackExchangeRedisConnections _redis;
    private readonly string _topic = $"user-queries-{Guid.NewGuid():n}";
    private readonly List<RawRecord> _produced = [];
    private KafkaConnection _connection = null!;
    private IKafkaProducer _producer = null!;
    private RedisListener _listener = null!;
    private IHost? _host;
    private JobHandle? _job;

    private AnalyticsRun(Servers servers)
    {
        _servers = servers;
        _kafka = new LibrdkafkaClients(TimeProvider.System, Log);
        _redis = new StackExchangeRedisConnections(new RedisClientOptions(), TimeProvider.System, Log);
    }

    /// <summary>The log of the cluster, the job and the clients.</summary>
    public LogCollector Log { get; } = new();

    /// <summary>The records produced so far.</summary>
    public IReadOnlyList<RawRecord> Produced => _produced;

    /// <summary>The job.</summary>
    public JobHandle Job => _job ?? throw new InvalidOperationException("The job has not been started.");

    /// <summary>Creates the topic, empties the store and subscribes to the channel.</summary>
    public static async Task<AnalyticsRun> PrepareAsync(Servers servers, int partitions)
    {
        AnalyticsRun run = new(servers);
        run._connection = new KafkaConnection(servers.Kafka.Address, "producer", new Dictionary<string, string>());
        await using (IKafkaAdmin admin = run._kafka.OpenAdmin(run._connection))
        {
            await admin.CreateTopicAsync(run._topic, partitions, null, CancellationToken.None);
        }

        run._producer = run._kafka.OpenProducer(run._connection, run._topic, run);
        await using (RespConnection connection = await servers.Redis.ConnectAsync())
        {
            await connection.CallAsync("FLUSHALL");
        }

        run._listener = await RedisListener.StartAsync(servers.Redis, Channel);
        return run;
    }

    /// <summary>Starts the job and waits until it runs.</summary>
    public async Task StartAsync(int parallelism, params (string Name, string Value)[] settings)
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder(
        [
            KeyValuePair.Create<string, string?>("QueryStream:LocalCluster:Slots", Math.Max(2, parallelism).ToString(CultureInfo.InvariantCulture)),
        ]);
        builder.Services
            .AddSingleton<ILoggerFactory>(Log).AddSingleton<IKafkaClients>(_kafka).AddSingleton<IRedisConnections>(_redis)
            .AddQueryStreamLocalCluster();
        _host = builder.Build();
        Dictionary<string, string> all = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        all["kafka"] = _servers.Kafka.Address;
        all["redis"] = _servers.Redis.Address;
        all["topic"] = _topic;
        _job = await _host.Services.GetRequiredService<LocalCluster>()
            .SubmitAsync(new QueryAnalyticsJob(), new JobSettings(all), parallelism, CancellationToken.None);
        await Wait.ForAsync("the job to run", Job.Running);
    }

    /// <summary>Sends records to the topic without waiting for acknowledgements.</summary>
    public void Send(IEnumerable<RawRecord> records)
    {
        foreach (RawRecord record in records)
        {
            _producer.Add(default, record.Value, record.Value is not null, record.Partition, new EventTime(record.Timestamp));
            _produced.Add(record);
        }

        _producer.Send();
    }

    /// <summary>Waits until the broker has acknowledged all sent records.</summary>
    public Task FlushAsync() =>
        Wait.ForAsync("the broker to take the records", _producer.FlushAsync(CancellationToken.None), TimeSpan.FromSeconds(90));

    /// <summary>Waits until the job has read all sent records.</summary>
    public Task ReadAsync() => Wait.UntilAsync(
        $"the job to read {_produced.Count} records",
        () => Job.Metrics().RecordsRead == _produced.Count,
        TimeSpan.FromSeconds(90),
        () => $"{Job.Metrics().RecordsRead}");

    /// <summary>Waits until the final values in the store are exactly those that the oracle expects.</summary>
    public Task SettleAsync(OracleResults expected, Func<JsonObject, bool>? ignore = null)
    {
        IReadOnlyList<string> differences = [];
        return Wait.UntilAsync(
            "the store to equal the oracle",
            async () => (differences = expected.Differences(await StoredAsync(ignore))).Count == 0,
            TimeSpan.FromSeconds(120),
            () => $"{differences.Count} differences, such as {string.Join("\n", differences.Take(5))}\n{Describe()}");
    }

    /// <summary>The stored values by key.</summary>
    public async Task<Dictionary<string, string>> StoredAsync(Func<JsonObject, bool>? ignore = null)
    {
        await using RespConnection connection = await _servers.Redis.ConnectAsync();
        Dictionary<string, string> stored = await connection.ReadAllAsync("analytics:*");
        return stored.Where(pair => ignore?.Invoke(JsonNode.Parse(pair.Value)!.AsObject()) != true).ToDictionary();
    }

    /// <summary>The remaining time to live of each key in seconds.</summary>
    public async Task<IReadOnlyList<long>> TimesToLiveAsync(IEnumerable<string> keys)
    {
        await using RespConnection connection = await _servers.Redis.ConnectAsync();
        List<long> seconds = [];
        foreach (string key in keys)
        {
            seconds.Add(await connection.NumberAsync("TTL", key));
        }

        return seconds;
    }

    /// <summary>The data of the last message of each key.</summary>
    public async Task<Dictionary<string, string>> LastMessagesAsync(int keys, Func<JsonObject, bool>? ignore = null)
    {
        Dictionary<string, string> last = [];
        await Wait.UntilAsync($"messages about {keys} keys", () => (last = Last(ignore)).Count >= keys, seen: () => $"{last.Count}");
        return last;
    }

    public void OnAcknowledged(long records)
    {
    }

    public void OnRefused(ServiceRefusedException reason) => Log.Log(LogLevel.Error, default, reason.Message, reason, (message, _) => message);

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }

        await _producer.DisposeAsync();
        await _listener.DisposeAsync();
    }

    private string Describe()
    {
        JobMetrics metrics = Job.Metrics();
        IEnumerable<string> log = Log.Lines.TakeLast(20).Select(line => line.Message);
        return $"The job is {Job.Status}, its watermark {metrics.Watermark}, rows: {metrics.Acknowledged} acknowledged, "
            + $"{metrics.Counters["late"]} late. Problems: {string.Join("; ", metrics.Problems)}. Its log ends with:\n{string.Join("\n", log)}";
    }

    private Dictionary<string, string> Last(Func<JsonObject, bool>? ignore)
    {
        Dictionary<string, string> last = [];
        foreach (string message in _listener.Messages)
        {
            JsonObject json = JsonNode.Parse(message)!.AsObject();
            string key = (string)json["key"]!;
            Assert.StartsWith($"analytics:{(string)json["type"]!}:", key, StringComparison.Ordinal);
            if (ignore?.Invoke(json["data"]!.AsObject()) != true)
            {
                last[key] = json["data"]!.ToJsonString();
            }
        }

        return last;
    }
}
