namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// A client that fetches, shared by the readers of one connection. librdkafka reads a partition once a client; so readers claim
/// their partitions, and a reader of a claimed partition (another job, an attempt whose predecessor is still closing) gets another client.
/// </summary>
internal sealed class FetchClient : IClientEvents, IAsyncDisposable
{
    private readonly ClientPool<ClusterClient> _clusters;
    private readonly ClientHandle _handle;

    // Guards what is claimed: readers open and close on any thread.
    private readonly Lock _lock = new();
    private readonly HashSet<(string Topic, int Partition)> _claimed = [];

    // Topics that librdkafka has seen with another id. Set before it fetches records of the new topic, so that who sees no change after a poll has
    // none of them in what was polled.
    private volatile string[] _replaced = [];

    public FetchClient(
        KafkaConnection connection, KafkaReaderOptions options, ClientPool<ClusterClient> clusters, ClientFactory factory)
    {
        Connection = connection;
        Options = options;
        _clusters = clusters;
        (_handle, Cluster) = factory.Create(ClientKind.Fetch, connection, options, clusters, this);
    }

    public KafkaConnection Connection { get; }

    public KafkaReaderOptions Options { get; }

    public ClusterClient Cluster { get; }

    public nint Client => _handle.Client;

    /// <summary>Takes partitions, all or none.</summary>
    public bool TryClaim(string topic, IReadOnlyList<KafkaOffset> partitions)
    {
        lock (_lock)
        {
            if (IsReplaced(topic) || partitions.Any(partition => _claimed.Contains((topic, partition.Partition))))
            {
                return false;
            }

            foreach (KafkaOffset partition in partitions)
            {
                _claimed.Add((topic, partition.Partition));
            }

            return true;
        }
    }

    /// <summary>Whether the topic may have been deleted and created again since this client first read it.</summary>
    public bool IsReplaced(string topic) => _replaced is { Length: > 0 } replaced && Array.IndexOf(replaced, topic) >= 0;

    /// <summary>Called when a topic is replaced.</summary>
    public event Action? Replaced;

    /// <summary>Gives them back, once nothing of them is fetched any more.</summary>
    public void Unclaim(string topic, IReadOnlyList<int> partitions)
    {
        lock (_lock)
        {
            foreach (int partition in partitions)
            {
                _claimed.Remove((topic, partition));
            }
        }
    }

    // Events may come before the constructor is done.
    void IClientEvents.OnAllBrokersDown() => Cluster?.Suspect();

    void IClientEvents.OnFatal(string problem) => Cluster?.Suspect();

    void IClientEvents.OnTopicReplaced(string topic)
    {
        lock (_lock)
        {
            _replaced = [.. _replaced, topic];
        }

        Replaced?.Invoke();
    }

    unsafe void IClientEvents.OnDelivered(NativeMessage** messages, int count)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Factory.StartNew(_handle.Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
        await _clusters.ReturnAsync(Cluster).ConfigureAwait(false);
    }
}
