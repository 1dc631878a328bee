using System.Collections.Concurrent;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>A client that writes, shared by the producers of one connection.</summary>
internal sealed class ProduceClient : IClientEvents, IAsyncDisposable
{
    private readonly ClientPool<ClusterClient> _clusters;
    private readonly ConcurrentDictionary<nint, LibrdkafkaProducer> _producers = [];
    private readonly ClientHandle _handle;
    private long _lastId;

    public ProduceClient(KafkaConnection connection, ClientPool<ClusterClient> clusters, ClientFactory factory)
    {
        Connection = connection;
        _clusters = clusters;
        (_handle, Cluster) = factory.Create(ClientKind.Produce, connection, null, clusters, this);
        Cluster.Watch();
    }

    public KafkaConnection Connection { get; }

    public ClusterClient Cluster { get; }

    public nint Client => _handle.Client;

    /// <summary>Names a producer for the reports: each record carries the name.</summary>
    public nint Register(LibrdkafkaProducer producer)
    {
        nint id = (nint)Interlocked.Increment(ref _lastId);
        _producers[id] = producer;
        return id;
    }

    /// <summary>Reports on its records are dropped from now on.</summary>
    public void Unregister(nint id) => _producers.TryRemove(id, out _);

    // Events may come before the constructor is done.
    void IClientEvents.OnAllBrokersDown() => Cluster?.Suspect();

    void IClientEvents.OnFatal(string problem)
    {
        ServiceRefusedException reason = new(
            "Kafka",
            $"Kafka at {Connection.BootstrapServers} has ended the producer's session: {problem}. A new start of the task gets a new session.");
        foreach (LibrdkafkaProducer producer in _producers.Values)
        {
            producer.OnRefused(reason);
        }
    }

    // A record goes to the topic of that name, whichever it is.
    void IClientEvents.OnTopicReplaced(string topic)
    {
    }

    // Reports come in runs of one producer, so that it is called once a run.
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
