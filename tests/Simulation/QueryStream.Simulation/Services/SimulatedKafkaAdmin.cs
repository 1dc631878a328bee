using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation.Services;

/// <summary>Requests that take time, and fail while the cluster is unreachable.</summary>
internal sealed class SimulatedKafkaAdmin(SimulatedKafka kafka, IKafkaAdmin inner, ActiveFaults faults) : IKafkaAdmin
{
    public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken) =>
        AskAsync(() => inner.FindTopicAsync(topic, cancellationToken));

    public Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken) =>
        AskAsync(() => inner.ListTopicsAsync(cancellationToken));

    public Task<bool> CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken) =>
        AskAsync(() => inner.CreateTopicAsync(topic, partitions, config, cancellationToken));

    public Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken) =>
        AskAsync(() => inner.DeleteTopicAsync(topic, cancellationToken));

    public async Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken)
    {
        await kafka.WaitAsync().ConfigureAwait(false);
        await inner.AddPartitionsAsync(topic, partitions, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
        AskAsync(() => inner.WatermarksAsync(topic, partitions, cancellationToken));

    public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken) =>
        AskAsync(() => inner.OffsetsForTimeAsync(topic, partitions, time, cancellationToken));

    public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
        AskAsync(() => inner.CommittedAsync(topic, partitions, cancellationToken));

    public async Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken)
    {
        await kafka.WaitAsync().ConfigureAwait(false);
        Require(faults.SourceIsDown);
        await inner.CommitAsync(topic, positions, cancellationToken).ConfigureAwait(false);
    }

    public async Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken)
    {
        long? offset = await AskAsync(() => inner.GroupOffsetAsync(kafka.WriterOf(group), topic, partition, cancellationToken)).ConfigureAwait(false);
        kafka.OnMarkerRead();
        return offset;
    }

    public Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(() => inner.BrokerSettingAsync(name, cancellationToken));

    public Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken) =>
        AskAsync(() => inner.TopicSettingAsync(topic, name, cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static void Require(bool isDown)
    {
        if (isDown)
        {
            throw new ServiceUnavailableException("Kafka", "simulated:9092", "The simulated cluster is unreachable.");
        }
    }

    private async Task<TResult> AskAsync<TResult>(Func<Task<TResult>> ask)
    {
        await kafka.WaitAsync().ConfigureAwait(false);
        Require(faults.SourceIsDown);
        return await ask().ConfigureAwait(false);
    }
}
