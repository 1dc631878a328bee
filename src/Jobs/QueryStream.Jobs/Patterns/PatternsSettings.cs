using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs.Patterns;

/// <summary>The settings of Patterns, with their defaults.</summary>
public sealed record PatternsSettings : IValidatedSettings
{
    /// <summary>The pattern.</summary>
    [Setting("pattern", "what the job does: stateless, keyed, tumbling (1 min) or sliding (5 min by 1 min)")]
    public Pattern Pattern { get; init; }

    /// <summary>Kafka's address.</summary>
    [Setting("kafka", "Kafka's bootstrap servers, HOST:PORT, separated by commas")]
    public string Kafka { get; init; } = "localhost:9092";

    /// <summary>The input topic.</summary>
    [Setting("topic", "the topic with the measurements: {\"key\":\"key-7\",\"value\":12.5,\"produced_at\":1765000000000}")]
    public string Topic { get; init; } = "measurements";

    /// <summary>The output topic.</summary>
    [Setting("output", "the topic for the results; it must exist")]
    public string Output { get; init; } = "results";

    /// <summary>Whether the job is bounded.</summary>
    [Setting("bounded", "true: read the whole topic and end; false: read what comes from now on")]
    public bool IsBounded { get; init; }

    internal KafkaSourceOptions Source => new()
    {
        BootstrapServers = Kafka,
        Topic = Topic,
        IsBounded = IsBounded,
        Start = IsBounded ? KafkaStart.Earliest : KafkaStart.Latest,
        Properties = IsBounded ? new Dictionary<string, string>() : FewFetches,
    };

    internal WatermarkStrategy<Measurement> Watermarks => new()
    {
        EventTimeOf = measurement => measurement.ProducedAt,
        OutOfOrderness = TimeSpan.FromSeconds(1),
    };

    // The broker gathers what arrives within 10 ms. Else it answers with a record or two, thousands of times a second: that takes a core, and
    // where cores are few it delays rows far longer.
    private static Dictionary<string, string> FewFetches => new() { ["fetch.min.bytes"] = "65536", ["fetch.wait.max.ms"] = "10" };

    // A job that reads a whole topic is after throughput, and sends in larger batches. For others librdkafka gathers for 5 ms.
    internal KafkaSinkOptions Results => new()
    {
        BootstrapServers = Kafka,
        Topic = Output,
        Properties = IsBounded
            ? new Dictionary<string, string> { ["linger.ms"] = "20", ["batch.size"] = "131072" }
            : new Dictionary<string, string>(),
    };

    /// <inheritdoc/>
    public void Validate()
    {
        if (Output == Topic)
        {
            throw new SettingException("output", $"'{Output}' is not allowed. Allowed: any topic but the one that is read.");
        }
    }
}

/// <summary>The four ways of processing of which most jobs are made.</summary>
public enum Pattern
{
    /// <summary>Filters the rows.</summary>
    Stateless,

    /// <summary>Counts the rows of each key, and emits each count.</summary>
    Keyed,

    /// <summary>Counts the rows of each key in windows of a minute.</summary>
    Tumbling,

    /// <summary>Averages the values of each key over five minutes, every minute.</summary>
    Sliding,
}
