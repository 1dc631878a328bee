using System.Collections.Frozen;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>The admin interface over a shared <see cref="ClusterClient"/>.</summary>
internal sealed class LibrdkafkaAdmin(ClientPool<ClusterClient> pool, ClientFactory factory, ClusterClient cluster) : IKafkaAdmin
{
    private static readonly TimeSpan TopicChangeLimit = TimeSpan.FromSeconds(5);

    private bool _isDisposed;

    public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken) =>
        cluster.RequestAsync((client, timeout) => NativeRequests.FindTopic(client, topic, timeout), cancellationToken);

    public async Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken)
    {
        List<string> topics = await cluster.RequestAsync(NativeRequests.Topics, cancellationToken).ConfigureAwait(false);
        topics.RemoveAll(topic => topic.StartsWith("__", StringComparison.Ordinal));
        topics.Sort(StringComparer.Ordinal);
        return topics;
    }

    public async Task<bool> CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken)
    {
        bool isNew = await cluster.RequestAsync(
            (client, timeout) => NativeAdminRequest.CreateTopic(
                client, topic, partitions, config ?? FrozenDictionary<string, string>.Empty, LimitOf(timeout)),
            cancellationToken).ConfigureAwait(false);
        await cluster.RequestAsync(
            (client, timeout) => NativeRequests.FindTopic(client, topic, timeout)
                ?? throw new NativeRequestException($"the topic '{topic}'", NativeError.LeaderNotAvailable, "created, but not known yet"),
            cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    public async Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken)
    {
        KafkaTopic? deleted = await FindTopicAsync(topic, cancellationToken).ConfigureAwait(false);
        bool wasThere = await cluster.RequestAsync(
            (client, timeout) => NativeAdminRequest.DeleteTopic(client, topic, LimitOf(timeout)),
            cancellationToken).ConfigureAwait(false);
        await cluster.RequestAsync(
            (client, timeout) => NativeRequests.FindTopic(client, topic, timeout) is { } known && known.Id == deleted?.Id
                ? throw new NativeRequestException($"the topic '{topic}'", NativeError.LeaderNotAvailable, "deleted, but still known")
                : true,
            cancellationToken).ConfigureAwait(false);
        return wasThere;
    }

    public async Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken)
    {
        await cluster.RequestAsync(
            (client, timeout) =>
            {
                NativeAdminRequest.AddPartitions(client, topic, partitions, LimitOf(timeout));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await cluster.RequestAsync(
            (client, timeout) => NativeRequests.FindTopic(client, topic, timeout) is { } known && known.Partitions.Count >= partitions
                ? true
                : throw new NativeRequestException($"the topic '{topic}'", NativeError.LeaderNotAvailable, "its new partitions are not known yet"),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(
        string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        int[] wanted = [.. partitions];
        if (wanted.Length == 0)
        {
            return [];
        }

        Dictionary<int, long> low = await cluster.RequestAsync(
            (client, timeout) => NativeRequests.Starts(client, topic, wanted, timeout), cancellationToken).ConfigureAwait(false);
        Dictionary<int, long> high = await cluster.RequestAsync(
            (client, timeout) => NativeRequests.Ends(client, topic, wanted, timeout), cancellationToken).ConfigureAwait(false);
        return [.. wanted.Select(partition => new KafkaWatermarks(partition, low[partition], high[partition]))];
    }

    public async Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
        string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken)
    {
        int[] wanted = [.. partitions];
        if (wanted.Length == 0)
        {
            return [];
        }

        Dictionary<int, long> offsets = await cluster.RequestAsync(
            (client, timeout) => NativeRequests.OffsetsFor(client, topic, wanted, time, timeout), cancellationToken).ConfigureAwait(false);
        return InOrder(wanted, offsets);
    }

    public async Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        int[] wanted = [.. partitions];
        if (wanted.Length == 0)
        {
            return [];
        }

        Dictionary<int, long> offsets = await cluster.RequestAsync(
            (client, timeout) => NativeRequests.Committed(client, topic, wanted, timeout), cancellationToken).ConfigureAwait(false);
        return InOrder(wanted, offsets);
    }

    public async Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken)
    {
        if (positions.Count > 0)
        {
            await cluster.RequestAsync(
                (client, timeout) =>
                {
                    NativeRequests.Commit(client, topic, positions, timeout);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    // Uses a client of the group. librdkafka's admin request for the offsets of another group crashes the process while that group's coordinator is
    // loading or moving: it looks up the coordinator of the client's own group, and a client without a group has none.
    public async Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken)
    {
        KafkaConnection own = cluster.Connection;
        KafkaConnection connection = new(
            own.BootstrapServers, group, new Dictionary<string, string>(own.Properties) { ["isolation.level"] = "read_committed" });
        ClusterClient client = factory.RentCluster(connection, pool);
        try
        {
            Dictionary<int, long> offsets = await client.RequestAsync(
                (native, timeout) => NativeRequests.Committed(native, topic, [partition], timeout), cancellationToken).ConfigureAwait(false);
            return offsets.TryGetValue(partition, out long offset) ? offset : null;
        }
        finally
        {
            await pool.ReturnAsync(client).ConfigureAwait(false);
        }
    }

    public Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken) =>
        cluster.RequestAsync((client, timeout) => NativeSettings.OfBroker(client, name, timeout), cancellationToken);

    public Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken) =>
        cluster.RequestAsync((client, timeout) => NativeSettings.OfTopic(client, topic, name, timeout), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await pool.ReturnAsync(cluster).ConfigureAwait(false);
        }
    }

    // Changing a topic takes the cluster longer than other requests.
    private static int LimitOf(int timeout) => (int)Math.Max(timeout, TopicChangeLimit.TotalMilliseconds);

    private static IReadOnlyList<long?> InOrder(int[] partitions, Dictionary<int, long> offsets) =>
        [.. partitions.Select(partition => offsets.TryGetValue(partition, out long offset) ? offset : (long?)null)];
}
