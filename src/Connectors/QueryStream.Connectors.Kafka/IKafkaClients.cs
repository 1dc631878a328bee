namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Creates Kafka clients. A worker registers one instance as a service, so the same sources and sinks run on librdkafka
/// (<see cref="LibrdkafkaClients"/>), in a demo without Kafka (<see cref="InMemoryKafka"/>) and in simulation. Equal connections share their
/// clients; a client closes when its last user is disposed. Thread-safe. Opening a client does not wait for the cluster.
/// </summary>
public interface IKafkaClients
{
    /// <summary>The address for sources and sinks if neither the job nor the process sets one.</summary>
    const string DefaultAddress = "localhost:9092";

    /// <summary>The bootstrap servers for sources and sinks of jobs that set none: <c>HOST:PORT</c>, several separated by commas.</summary>
    string BootstrapServers => DefaultAddress;

    /// <summary>Opens a client for admin requests.</summary>
    IKafkaAdmin OpenAdmin(KafkaConnection connection);

    /// <summary>Opens a reader of some partitions of a topic.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="from">The partitions to read, each at most once, with the offset of the first record to read.</param>
    /// <param name="options">Fetch options.</param>
    /// <param name="wake">
    /// Called after a poll has drained the reader and new data is available. Called on any thread; must be cheap and must not call the reader.
    /// </param>
    IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake);

    /// <summary>Opens a producer for a topic.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="listener">Receives acknowledgements and errors.</param>
    IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener);

    /// <summary>Opens a producer that writes to a topic in transactions. It shares no client.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="options">The transactional id and the timeout.</param>
    /// <param name="listener">Receives acknowledgements, and records that the cluster refuses for good.</param>
    IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener);
}

/// <summary>The options of a reader.</summary>
/// <param name="QueuedBytes">The limit for bytes of records that the client queues for this reader. One fetch may exceed it.</param>
/// <param name="Partitions">The number of the topic's partitions, at least 1. Equal in all subtasks of a source, so that they share a client.</param>
/// <param name="Generation">
/// How often partitions were added to the topic since its source opened. Each generation of readers gets its own client, because a connected
/// client may notice new partitions only minutes later.
/// </param>
public sealed record KafkaReaderOptions(int QueuedBytes = 16 * 1024 * 1024, int Partitions = 1, int Generation = 0);
