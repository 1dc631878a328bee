using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Admin requests to an <see cref="InMemoryKafka"/>. All complete synchronously.</summary>
internal sealed class InMemoryAdmin(InMemoryKafka kafka, KafkaConnection connection) : IKafkaAdmin
{
    public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken) =>
        Task.FromResult(kafka.Find(topic) is Topic found ? new KafkaTopic(topic, [.. found.Partitions.Select(p => p.Partition)], found.Id) : null);

    public Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken) => Task.FromResult(kafka.TopicNames);

    public Task<bool> CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken) =>
        Task.FromResult(kafka.CreateTopic(topic, partitions));

    public Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken) => Task.FromResult(kafka.DeleteTopic(topic));

    public Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken)
    {
        kafka.Require(topic).AddPartitions(partitions);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        Topic found = kafka.Require(topic);
        return Task.FromResult<IReadOnlyList<KafkaWatermarks>>(
            [.. partitions.Select(p => new KafkaWatermarks(p, found.Partitions[p].Low, EndOf(found.Partitions[p])))]);
    }

    public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken)
    {
        Topic found = kafka.Require(topic);
        return Task.FromResult<IReadOnlyList<long?>>([.. partitions.Select(p => found.Partitions[p].Find(time.Milliseconds))]);
    }

    public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<long?>>([.. partitions.Select(p => kafka.Committed(RequireGroup(), topic, p))]);

    public Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken)
    {
        foreach (KafkaOffset position in positions)
        {
            kafka.Commit(RequireGroup(), topic, position);
        }

        return Task.CompletedTask;
    }

    public Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken) =>
        Task.FromResult(kafka.Committed(group, topic, partition));

    public Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken) => Task.FromResult(name switch
    {
        "transaction.max.timeout.ms" => InMemoryKafka.MaxTransactionTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        _ => null,
    });

    public Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private long EndOf(PartitionLog log) => InMemoryKafka.IsReadCommitted(connection) ? Math.Min(log.LastStable, log.High) : log.High;

    private string RequireGroup() => connection.GroupId.Length > 0
        ? connection.GroupId
        : throw new ServiceRefusedException("Kafka", "Offsets of a group were asked for on a connection without a group.");
}
