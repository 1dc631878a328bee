using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka.Librdkafka;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Kafka clients on librdkafka; one instance per process. Readers of one connection share a client, producers share another, and admin requests use
/// a third. librdkafka reconnects by itself; outages are logged once per cluster, not once per client.
/// </summary>
public sealed class LibrdkafkaClients : IKafkaClients
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClientFactory _factory;
    private readonly ClientPool<ClusterClient> _clusters = new();
    private readonly ClientPool<FetchClient> _fetchers = new();
    private readonly ClientPool<ProduceClient> _producers = new();

    /// <summary>Loads librdkafka. Does not connect.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For the health of clusters.</param>
    /// <param name="bootstrapServers">The address for jobs that set none.</param>
    /// <exception cref="SettingException">There is no librdkafka for this platform. The message names the remedy.</exception>
    public LibrdkafkaClients(TimeProvider time, ILoggerFactory loggers, string bootstrapServers = IKafkaClients.DefaultAddress)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _time = time;
        BootstrapServers = bootstrapServers;
        _logger = loggers.CreateLogger<LibrdkafkaClients>();
        LoadedLibrary library = LibrdkafkaLibrary.Load();
        _factory = new ClientFactory(time, _logger);
        _logger.Library(library.Version, library.Name);
    }

    /// <inheritdoc/>
    public string BootstrapServers { get; }

    /// <inheritdoc/>
    public IKafkaAdmin OpenAdmin(KafkaConnection connection) => new LibrdkafkaAdmin(_clusters, _factory, _factory.RentCluster(connection, _clusters));

    /// <inheritdoc/>
    public IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake)
    {
        FetchClient client = _fetchers.Rent(
            c => c.Options == options && c.Connection.Equals(connection) && c.TryClaim(topic, from),
            () => new FetchClient(connection, options, _clusters, _factory));
        return new LibrdkafkaReader(_fetchers, client, topic, from, wake, _time, _logger);
    }

    /// <inheritdoc/>
    public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener)
    {
        ProduceClient client = _producers.Rent(
            c => c.Connection.Equals(connection),
            () => new ProduceClient(connection, transactions: null, _clusters, _factory));
        return new LibrdkafkaProducer(_producers, client, topic, listener);
    }

    /// <inheritdoc/>
    public IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener)
    {
        ClientPool<ProduceClient> own = new();
        ProduceClient client = own.Rent(static _ => true, () => new ProduceClient(connection, options, _clusters, _factory));
        return new LibrdkafkaTransactionalProducer(new LibrdkafkaProducer(own, client, topic, listener), client, topic, options.Id);
    }
}
