using System.Collections.Frozen;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>The options of a Kafka source. Validated when the source is added to a job.</summary>
public sealed record KafkaSourceOptions
{
    /// <summary>
    /// The cluster's bootstrap servers: <c>HOST:PORT</c>, several separated by commas. Null: those of the process
    /// (<see cref="KafkaClientOptions"/>), else localhost:9092.
    /// </summary>
    public string? BootstrapServers { get; init; }

    /// <summary>The topic, which must exist; empty: the source's name.</summary>
    public string Topic { get; init; } = "";

    /// <summary>
    /// The consumer group for offsets, which <see cref="KafkaStart.Group"/> starts from; empty: no offsets are committed. Offsets are committed with
    /// each completed checkpoint, or without checkpoints every 5 s and when the source closes. The group does not assign partitions: subtasks share
    /// them by index.
    /// </summary>
    public string GroupId { get; init; } = "";

    /// <summary>The offsets to start from. A restored job ignores it and continues at its snapshot.</summary>
    public KafkaStart Start { get; init; } = KafkaStart.Earliest;

    /// <summary>Whether the source ends at the offsets that are the last ones when it opens.</summary>
    public bool IsBounded { get; init; }

    /// <summary>
    /// The interval of checking the topic for new partitions, which are read from their beginning. Null: new partitions are read after the next start
    /// of the job. The check also detects that the topic was deleted.
    /// </summary>
    public TimeSpan? PartitionDiscoveryInterval { get; init; } = DefaultInterval;

    /// <summary>What to do if the topic is deleted and recreated, while the job runs or between a snapshot and its restore.</summary>
    public KafkaRecreatedTopic WhenRecreated { get; init; }

    /// <summary>The maximum size of a value in bytes, 1 or more. Larger records become dead letters (<c>record-too-large</c>).</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Further librdkafka properties by name, for example <c>security.protocol</c>, <c>sasl.mechanism</c>, <c>ssl.ca.location</c>. They override the
    /// connector's own settings, except those that its guarantees depend on, which are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = FrozenDictionary<string, string>.Empty;

    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    internal KafkaConnection Connection => new(Address, GroupId, Properties);

    internal string Address => BootstrapServers ?? IKafkaClients.DefaultAddress;

    /// <summary>The options with the effective address.</summary>
    internal KafkaSourceOptions ResolvedBy(IKafkaClients clients) => this with { BootstrapServers = BootstrapServers ?? clients.BootstrapServers };

    /// <summary>Checks the values.</summary>
    /// <param name="source">The source's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is not allowed.</exception>
    internal KafkaSourceOptions Validate(string source)
    {
        string what = $"Kafka source '{source}'";
        string topic = Topic.Length == 0 ? source : Topic;
        OptionChecks.Address(what, BootstrapServers);
        OptionChecks.Topic(what, topic);
        OptionChecks.Properties(what, Properties);
        if (MaxRecordBytes < 1)
        {
            throw new JobDefinitionException($"{what}: MaxRecordBytes is {MaxRecordBytes}; it must be 1 or more.");
        }

        if (PartitionDiscoveryInterval <= TimeSpan.Zero)
        {
            throw new JobDefinitionException(
                $"{what}: PartitionDiscoveryInterval is {Durations.Format(PartitionDiscoveryInterval.Value)}; it must be more than 0.");
        }

        if (Start.Kind == KafkaStartKind.Group && GroupId.Length == 0)
        {
            throw new JobDefinitionException($"{what}: Start is Group, so GroupId must be set.");
        }

        return this with { Topic = topic };
    }
}

/// <summary>What a source does when its topic was deleted and recreated. Detection needs topic ids, which Kafka has since 2.8.</summary>
public enum KafkaRecreatedTopic
{
    /// <summary>Log a warning and read the new topic from its beginning. Unread records of the old topic are lost.</summary>
    ReadFromBeginning,

    /// <summary>Fail the job.</summary>
    Fail,
}
