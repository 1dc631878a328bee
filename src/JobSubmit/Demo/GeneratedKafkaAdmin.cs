using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Passes requests to the in-memory Kafka, but announces a far end of the generated topic.</summary>
/// <param name="admin">The admin of the Kafka in memory.</param>
/// <param name="generated">The generated topic.</param>
internal sealed class GeneratedKafkaAdmin(IKafkaAdmin admin, string generated) : IKafkaAdmin
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(
        string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        IReadOnlyList<KafkaWatermarks> watermarks = await admin.WatermarksAsync(topic, partitions, cancellationToken);
        return topic == generated ? [.. watermarks.Select(partition => partition with { High = GeneratedKafka.AnnouncedEnd })] : watermarks;
    }

    /// <inheritdoc/>
    public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken) => admin.FindTopicAsync(topic, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken) => admin.ListTopicsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken) =>
        admin.CreateTopicAsync(topic, partitions, config, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken) => admin.DeleteTopicAsync(topic, cancellationToken);

    /// <inheritdoc/>
    public Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        admin.AddPartitionsAsync(topic, partitions, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken) =>
        admin.OffsetsForTimeAsync(topic, partitions, time, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
        admin.CommittedAsync(topic, partitions, cancellationToken);

    /// <inheritdoc/>
    public Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken) =>
        admin.CommitAsync(topic, positions, cancellationToken);

    /// <inheritdoc/>
    public Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken) =>
        admin.GroupOffsetAsync(group, topic, partition, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken) => admin.BrokerSettingAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken) =>
        admin.TopicSettingAsync(topic, name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => admin.DisposeAsync();
}
