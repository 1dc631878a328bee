using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Topics, offsets and groups of a cluster. Every call answers within 10 s, may be made on any thread, and any number at once.
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

    /// <summary>Deletes a topic with all its records, and waits until the cluster no longer knows it.</summary>
    /// <returns>False if there was none.</returns>
    Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken);

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

/// <summary>A topic that exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The numbers of its partitions, in order.</param>
/// <param name="Id">Tells it from another topic of the same name, before or after it. Empty before Kafka 2.8, which has no topic ids.</param>
public sealed record KafkaTopic(string Name, IReadOnlyList<int> Partitions, string Id);

/// <summary>A position in a topic.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record.</param>
public readonly record struct KafkaOffset(int Partition, long Offset);

/// <summary>What a partition holds. Where <paramref name="Low"/> equals <paramref name="High"/>, nothing.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Low">The offset of its oldest record.</param>
/// <param name="High">The offset that the next record will get; with open transactions, the first record that is not yet decided.</param>
public readonly record struct KafkaWatermarks(int Partition, long Low, long High);

/// <summary>What is asked of topics in more than one place.</summary>
public static class KafkaTopics
{
    private const int ListedTopics = 20;

    /// <summary>A topic that must be there.</summary>
    /// <param name="admin">The cluster.</param>
    /// <param name="address">The cluster's address, for the message.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ServiceRefusedException">There is none; names those that there are.</exception>
    public static async Task<KafkaTopic> RequireTopicAsync(this IKafkaAdmin admin, string address, string topic, CancellationToken cancellationToken)
    {
        KafkaTopic? found = await admin.FindTopicAsync(topic, cancellationToken).ConfigureAwait(false);
        if (found is not null)
        {
            return found;
        }

        IReadOnlyList<string> topics = await admin.ListTopicsAsync(cancellationToken).ConfigureAwait(false);
        string known = topics.Count switch
        {
            0 => "there are none",
            > ListedTopics => $"there are {string.Join(", ", topics.Take(ListedTopics))} and {topics.Count - ListedTopics} more",
            _ => $"there are {string.Join(", ", topics)}",
        };
        throw new ServiceRefusedException("Kafka", $"Kafka at {address} has no topic '{topic}'; {known}.");
    }
}
