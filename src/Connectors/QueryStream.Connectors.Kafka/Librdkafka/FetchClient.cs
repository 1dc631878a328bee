namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// A client that fetches, shared by the readers of one connection. A client can read each partition only once, so readers claim their partitions;
/// a reader of a claimed partition (of another job, or of a new attempt while the old one is closing) gets another client.
/// </summary>
internal sealed class FetchClient : IClientEvents, IAsyncDisposable
{
    private readonly ClientPool<ClusterClient> _clusters;
    private readonly ClientHandle _handle;

    // Guards the claims: readers open and close on any thread.
    private readonly Lock _lock = new();
    private readonly HashSet<(string Topic, int Partition)> _claimed = [];

    // Topics that librdkafka has seen replaced. Set before records of the new topic are fetched: if a topic is not in here after a poll, the polled
    // records are of the old topic.
    private volatile string[] _replaced = [];

    public FetchClient(
        KafkaConnection connection, KafkaReaderOptions options, ClientPool<ClusterClient> clusters, ClientFactory factory)
    {
        Connection = connection;
        Options = options;
        _clusters = clusters;
        (_handle, Cluster) = factory.Create(
            ClientKind.Fetch, connection, ClientSettings.Of(ClientKind.Fetch, connection, options), clusters, this);
    }

    public KafkaConnection Connection { get; }

    public KafkaReaderOptions Options { get; }

    public ClusterClient Cluster { get; }

    public nint Client => _handle.Client;

    /// <summary>Claims partitions, all or none.</summary>
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

    /// <summary>Whether the topic may have been deleted and recreated since this client first read it.</summary>
    public bool IsReplaced(string topic) => _replaced is { Length: > 0 } replaced && Array.IndexOf(replaced, topic) >= 0;

    /// <summary>Called when a topic is replaced.</summary>
    public event Action? Replaced;

    /// <summary>Releases partitions, once they are no longer fetched.</summary>
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

    // Events may arrive before the constructor has set Cluster.
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
