namespace QueryStream.Connectors.Kafka;

/// <summary>The kinds of <see cref="KafkaStart"/>.</summary>
public enum KafkaStartKind
{
    /// <summary>The oldest record that the topic still has.</summary>
    Earliest,

    /// <summary>Only what is written from now on.</summary>
    Latest,

    /// <summary>Where the consumer group has stopped.</summary>
    Group,

    /// <summary>The first record of that time or a later one.</summary>
    Timestamp,
}
