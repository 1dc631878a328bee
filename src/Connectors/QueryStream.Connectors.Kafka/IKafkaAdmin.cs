using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Questions about topics, offsets and groups. Every call answers within 10 s, may be made on any thread, and any number at once.
/// All throw <see cref="ServiceUnavailableException"/> where the cluster does not answer and <see cref="ServiceRefusedException"/>
/// where it refuses.
/// </summary>
public interface IKafkaAdmin : IAsyncDisposable
{
    /// <summary>A topic; null where there is none of that name. Never creates it.</summary>
    Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken);

    /// <summary>The names of all topics but Kafka's own, in order.</summary>
    Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken);

    /// <summary>Creates a topic with the cluster's usual replication, and waits until it can be written to.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">How many.</param>
    /// <param name="config">Settings of the topic, for example <c>max.message.bytes</c>; null for none.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False if it was there before; it is left as it is.</returns>
    Task<bool> CreateTopicAsync(string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken);

    /// <summary>Gives a topic more partitions, and waits until they can be written to. Keys go to other partitions from then on.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">How many it is to have; more than it has.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken);

    /// <summary>What partitions hold, in the order asked for.</summary>
    Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken);

    /// <summary>For each partition the offset of the first record of that time or a later one; null where there is none.</summary>
    Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken);

    /// <summary>For each partition the offset that the connection's group has committed; null where it has none.</summary>
    Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken);

    /// <summary>Commits positions for the connection's group.</summary>
    Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken);
}
