using System.Collections.Frozen;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>What a Kafka source reads, and from where. Checked when the source is added to a job.</summary>
public sealed record KafkaSourceOptions
{
    /// <summary>
    /// Where to find the cluster: <c>HOST:PORT</c>, several separated by commas. Null: where the process says (<see cref="KafkaClientOptions"/>),
    /// else localhost:9092.
    /// </summary>
    public string? BootstrapServers { get; init; }

    /// <summary>The topic, which must exist; empty: the source's name.</summary>
    public string Topic { get; init; } = "";

    /// <summary>
    /// The consumer group whose offsets are committed (with each completed checkpoint, or without checkpoints every 5 s and at the end), and which
    /// <see cref="KafkaStart.Group"/> starts from; empty: nothing is committed. The group assigns nothing: subtasks share the partitions by their numbers.
    /// </summary>
    public string GroupId { get; init; } = "";

    /// <summary>Where to begin.</summary>
    public KafkaStart Start { get; init; } = KafkaStart.Earliest;

    /// <summary>Whether the source ends where the partitions end at the moment it is opened.</summary>
    public bool IsBounded { get; init; }

    /// <summary>
    /// How often the topic is looked up for new partitions, which are read from their beginning. Null: new partitions are read after the next start
    /// of the job. The lookup also finds out that the topic was deleted.
    /// </summary>
    public TimeSpan? PartitionDiscoveryInterval { get; init; } = DefaultInterval;

    /// <summary>What to do when the topic is deleted and created again: while the job runs, or between a snapshot and its restore.</summary>
    public KafkaRecreatedTopic WhenRecreated { get; init; }

    /// <summary>A record with a larger value becomes a dead letter (<c>record-too-large</c>).</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Further properties of librdkafka by their names, for example <c>security.protocol</c>, <c>sasl.mechanism</c>, <c>ssl.ca.location</c>.
    /// They override the connector's own choices, except for those that its promises rest on, which are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = FrozenDictionary<string, string>.Empty;

    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    internal KafkaConnection Connection => new(Address, GroupId, Properties);

    internal string Address => BootstrapServers ?? IKafkaClients.DefaultAddress;

    /// <summary>The options with the address that they resolve to.</summary>
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
            throw new JobDefinitionException($"{what}: PartitionDiscoveryInterval is {PartitionDiscoveryInterval}; it must be more than 0.");
        }

        if (Start.Kind == KafkaStartKind.Group && GroupId.Length == 0)
        {
            throw new JobDefinitionException($"{what}: it starts from a group's offsets, so GroupId must be set.");
        }

        return this with { Topic = topic };
    }
}

/// <summary>What a source does with a topic that was deleted and created again. Needs topic ids, which Kafka has from 2.8 on.</summary>
public enum KafkaRecreatedTopic
{
    /// <summary>Log a warning, and read the new topic from its beginning. Records of the old one that were not read are lost.</summary>
    ReadFromBeginning,

    /// <summary>Fail the job.</summary>
    Fail,
}
