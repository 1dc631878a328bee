using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Admin requests to one cluster: topics, offsets and consumer groups. Each request completes or fails within 10 s. Thread-safe; any number of
/// requests may run at a time. All throw <see cref="ServiceUnavailableException"/> if the cluster does not respond, and
/// <see cref="ServiceRefusedException"/> if it responds with an error.
/// </summary>
public interface IKafkaAdmin : IAsyncDisposable
{
    /// <summary>Looks up a topic; null if it does not exist. Never creates it.</summary>
    Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken);

    /// <summary>The names of all topics except Kafka's internal ones, sorted.</summary>
    Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken);

    /// <summary>Creates a topic with the cluster's default replication factor, and waits until it is writable.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">The number of partitions.</param>
    /// <param name="config">The topic's configuration, for example <c>max.message.bytes</c>; null: the cluster's defaults.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False if the topic existed already; it is not changed.</returns>
    Task<bool> CreateTopicAsync(string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken);

    /// <summary>Deletes a topic and all its records, and waits until the cluster no longer lists it.</summary>
    /// <returns>False if the topic did not exist.</returns>
    Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Adds partitions to a topic, and waits until they are writable. From then on, keys map to other partitions.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">The new total number of partitions; more than it has now.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken);

    /// <summary>The low and high watermarks of partitions, in the order of <paramref name="partitions"/>.</summary>
    Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken);

    /// <summary>For each partition, the offset of the first record with this timestamp or a later one; null if there is none.</summary>
    Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken);

    /// <summary>For each partition, the offset committed by the connection's consumer group; null if there is none.</summary>
    Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken);

    /// <summary>Commits offsets for the connection's consumer group.</summary>
    Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken);

    /// <summary>
    /// The offset committed by any group for a partition; null if there is none. Waits for open transactions that commit one, as readers of committed
    /// records do.
    /// </summary>
    Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken);

    /// <summary>A setting of the brokers, for example <c>transaction.max.timeout.ms</c>; null if it is unknown or may not be read.</summary>
    Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken);

    /// <summary>A setting of a topic, for example <c>max.message.bytes</c>; null if it is unknown or may not be read.</summary>
    Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken);
}

/// <summary>A topic that exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The numbers of its partitions, in order.</param>
/// <param name="Id">
/// Distinguishes the topic from an earlier or later one of the same name. Empty for brokers before Kafka 2.8, which have no topic ids.
/// </param>
public sealed record KafkaTopic(string Name, IReadOnlyList<int> Partitions, string Id);

/// <summary>A position in a topic.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record.</param>
public readonly record struct KafkaOffset(int Partition, long Offset);

/// <summary>The offsets between which a partition has records. If <paramref name="Low"/> equals <paramref name="High"/>, it is empty.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Low">The offset of the oldest record.</param>
/// <param name="High">The offset of the next record; while transactions are open, the last stable offset.</param>
public readonly record struct KafkaWatermarks(int Partition, long Low, long High);
