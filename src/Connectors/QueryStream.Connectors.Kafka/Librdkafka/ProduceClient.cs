using System.Collections.Concurrent;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>A client that writes, shared by the producers of one connection, or owned by one transactional producer.</summary>
internal sealed class ProduceClient : IClientEvents, IAsyncDisposable
{
    private readonly ClientPool<ClusterClient> _clusters;
    private readonly ConcurrentDictionary<nint, LibrdkafkaProducer> _producers = [];
    private readonly ClientHandle _handle;
    private long _lastId;

    public ProduceClient(
        KafkaConnection connection, KafkaTransactionOptions? transactions, ClientPool<ClusterClient> clusters, ClientFactory factory)
    {
        Connection = connection;
        IsTransactional = transactions is not null;
        _clusters = clusters;
        IEnumerable<KeyValuePair<string, string>> settings = transactions is null
            ? ClientSettings.Of(ClientKind.Produce, connection, null)
            : ClientSettings.OfTransactions(connection, transactions);
        (_handle, Cluster) = factory.Create(ClientKind.Produce, connection, settings, clusters, this);
        Cluster.Watch();
    }

    /// <summary>Whether records are written in transactions. Their loss is then reported by the end of the transaction.</summary>
    public bool IsTransactional { get; }

    public KafkaConnection Connection { get; }

    public ClusterClient Cluster { get; }

    public nint Client => _handle.Client;

    /// <summary>Registers a producer for delivery reports: each record carries the returned id.</summary>
    public nint Register(LibrdkafkaProducer producer)
    {
        nint id = (nint)Interlocked.Increment(ref _lastId);
        _producers[id] = producer;
        return id;
    }

    /// <summary>Removes a producer: further delivery reports of its records are dropped.</summary>
    public void Unregister(nint id) => _producers.TryRemove(id, out _);

    // Events may arrive before the constructor has set Cluster.
    void IClientEvents.OnAllBrokersDown() => Cluster?.Suspect();

    void IClientEvents.OnFatal(string problem)
    {
        if (IsTransactional)
        {
            return;
        }

        ServiceRefusedException reason = new(
            "Kafka",
            $"Kafka at {Connection.BootstrapServers} has ended the producer's session: {problem}. Restarting the task opens a new session.");
        foreach (LibrdkafkaProducer producer in _producers.Values)
        {
            producer.OnRefused(reason);
        }
    }

    // Records go to whichever topic has the name.
    void IClientEvents.OnTopicReplaced(string topic)
    {
    }

    // Delivery reports come in runs of one producer; each run is one call.
    unsafe void IClientEvents.OnDelivered(NativeMessage** messages, int count)
    {
        int start = 0;
        while (start < count)
        {
            nint id = messages[start]->Private;
            int end = start + 1;
            while (end < count && messages[end]->Private == id)
            {
                end++;
            }

            if (_producers.TryGetValue(id, out LibrdkafkaProducer? producer))
            {
                producer.OnDelivered(messages + start, end - start);
            }

            start = end;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Factory.StartNew(_handle.Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
        await _clusters.ReturnAsync(Cluster).ConfigureAwait(false);
    }
}
