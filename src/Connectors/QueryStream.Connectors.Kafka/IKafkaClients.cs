namespace QueryStream.Connectors.Kafka;

/// <summary>
/// The way to Kafka. A worker has one, and sources and sinks get it as a service; so the same connectors run on librdkafka
/// (<see cref="LibrdkafkaClients"/>), in a demo without Kafka (<see cref="InMemoryKafka"/>) and in simulation. Clients are shared by
/// all who ask for an equal connection, and end when the last one of them has disposed what it got. Safe on any thread;
/// opening does not wait for the cluster.
/// </summary>
public interface IKafkaClients
{
    /// <summary>The address for sources and sinks where neither the job nor the process names one.</summary>
    const string DefaultAddress = "localhost:9092";

    /// <summary>The address for sources and sinks of jobs that name none: <c>HOST:PORT</c>, several separated by commas.</summary>
    string BootstrapServers => DefaultAddress;

    /// <summary>For questions about topics, offsets and groups.</summary>
    IKafkaAdmin OpenAdmin(KafkaConnection connection);

    /// <summary>Reads partitions.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="from">Its partitions to read, each once, with the position of the first record wanted.</param>
    /// <param name="options">How.</param>
    /// <param name="wake">
    /// Called when there is something to poll after a poll that has drained the reader. On any thread; must be cheap and must not
    /// call the reader.
    /// </param>
    IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake);

    /// <summary>Writes to a topic.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="listener">Told what becomes of the records.</param>
    IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener);
}

/// <summary>How a reader fetches.</summary>
/// <param name="QueuedBytes">How many bytes of records may wait in the client for this reader; one fetch may exceed it.</param>
/// <param name="Generation">
/// How often the topic has grown since its source was opened. Readers of one generation share a client; those of a later one get another, since a
/// client that is connected learns of new partitions minutes later.
/// </param>
public sealed record KafkaReaderOptions(int QueuedBytes = 16 * 1024 * 1024, int Generation = 0);
