using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs.EventCounts;

/// <summary>The settings of Event Counts, with their defaults.</summary>
public sealed record EventCountsSettings : IValidatedSettings
{
    /// <summary>Kafka's address.</summary>
    [Setting("kafka", "Kafka's bootstrap servers, HOST:PORT, separated by commas")]
    public string Kafka { get; init; } = "localhost:9092";

    /// <summary>Redis's address.</summary>
    [Setting("redis", "Redis, HOST:PORT or redis[s]://[USER@]HOST:PORT[,HOST:PORT][/DATABASE]")]
    public string Redis { get; init; } = "localhost:6379";

    /// <summary>The input topic.</summary>
    [Setting("topic", "the topic with the events: {\"key\":\"tea\",\"number\":17,\"time\":1765000000000}")]
    public string Topic { get; init; } = "events";

    /// <summary>The output topic.</summary>
    [Setting("output", "the topic for the events with their running counts; it must exist")]
    public string Output { get; init; } = "counted-events";

    /// <summary>The delivery guarantee of the output topic.</summary>
    [Setting("delivery", "exactly-once: readers of committed records find each event once; or at-least-once")]
    public DeliveryGuarantee Delivery { get; init; } = DeliveryGuarantee.ExactlyOnce;

    /// <summary>Whether the job is bounded.</summary>
    [Setting("bounded", "whether to stop at the end offsets that the partitions have at the start (true, false)")]
    public bool IsBounded { get; init; }

    /// <summary>The size of the windows.</summary>
    [Setting("window", "size of the windows")]
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The out-of-orderness.</summary>
    [Setting("out-of-orderness", "how much older than the newest event of its partition an event may be and still be in time")]
    public TimeSpan OutOfOrderness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The idle timeout of a partition.</summary>
    [Setting("idle-after", "after how long without an event a partition that was read to its end no longer holds time back; off: never")]
    public TimeSpan? IdleAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The prefix of keys in Redis.</summary>
    [Setting("prefix", "what keys in Redis begin with: PREFIX:count:KEY and PREFIX:window:KEY:START")]
    public string Prefix { get; init; } = "events";

    /// <summary>The channel of running counts.</summary>
    [Setting("channel", "the Redis channel on which running counts are published; empty: none")]
    public string Channel { get; init; } = "";

    /// <summary>The time to live of values in Redis.</summary>
    [Setting("ttl", "how long Redis keeps a value, in whole seconds, 1s or more")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromDays(30);

    internal KafkaSourceOptions Source => new() { BootstrapServers = Kafka, Topic = Topic, IsBounded = IsBounded };

    internal WatermarkStrategy<CountableEvent> Watermarks => new()
    {
        EventTimeOf = e => e.Time,
        OutOfOrderness = OutOfOrderness,
        IdleAfter = IdleAfter,
    };

    internal KafkaSinkOptions CountedEvents => new() { BootstrapServers = Kafka, Topic = Output, Delivery = Delivery };

    internal RedisSinkOptions Counts => new() { Address = Redis, Ttl = Ttl, Channel = Channel };

    internal RedisSinkOptions Windows => new() { Address = Redis, Ttl = Ttl };

    /// <inheritdoc/>
    public void Validate()
    {
        if (Output == Topic)
        {
            throw new SettingException("output", $"'{Output}' is not allowed. Allowed: any topic but the one that is read.");
        }

        if (Prefix.Length == 0)
        {
            throw new SettingException("prefix", "'' is not allowed. Allowed: any text that keys may begin with.");
        }
    }
}
