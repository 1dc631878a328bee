using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka.InMemory;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// An in-memory Kafka cluster for demos and tests, with the same guarantees behind the same interface. One instance is one cluster, whatever the
/// address of a connection. Its contents are lost when the process ends. Thread-safe.
/// </summary>
public sealed class InMemoryKafka : IKafkaClients
{
    /// <summary>The default size limit of a topic: 64 MiB.</summary>
    public const long DefaultMaxTopicBytes = 64L * 1024 * 1024;

    /// <summary>The longest timeout of a transaction that the cluster allows, as a broker's <c>transaction.max.timeout.ms</c>: 15 minutes.</summary>
    internal static readonly TimeSpan MaxTransactionTimeout = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _maxTopicBytes;
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TransactionalId> _transactionalIds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, string Topic, int Partition), long> _committed = [];

    /// <summary>Creates an empty cluster.</summary>
    /// <param name="time">The clock for timestamps and timers.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="maxTopicBytes">
    /// The size limit of a topic in bytes. Beyond it, records that all readers have read are dropped; without readers, the oldest. If readers lag
    /// behind, the topic is full and producers wait.
    /// </param>
    public InMemoryKafka(TimeProvider time, ILoggerFactory loggers, long maxTopicBytes = DefaultMaxTopicBytes)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTopicBytes);
        _time = time;
        _logger = loggers.CreateLogger<InMemoryKafka>();
        _maxTopicBytes = maxTopicBytes;
    }

    /// <summary>Draws the ids of topics. A simulation replaces it, so that it can be replayed.</summary>
    internal Func<Guid> NewTopicId { get; init; } = Guid.NewGuid;

    internal IReadOnlyList<string> TopicNames => [.. _topics.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Creates a topic.</summary>
    /// <returns>False if it existed already.</returns>
    public bool CreateTopic(string topic, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return _topics.TryAdd(topic, new Topic(topic, partitions, _maxTopicBytes, NewTopicId()));
    }

    /// <summary>Deletes a topic with its records and committed offsets. Its readers deliver nothing more.</summary>
    /// <returns>False if the topic did not exist.</returns>
    public bool DeleteTopic(string topic)
    {
        if (!_topics.TryRemove(topic, out Topic? deleted))
        {
            return false;
        }

        deleted.IsDeleted = true;
        deleted.OnRead();
        foreach ((string Group, string Topic, int Partition) key in _committed.Keys.Where(key => key.Topic == topic))
        {
            _committed.TryRemove(key, out _);
        }

        return true;
    }

    /// <summary>
    /// Begins a transaction. Its records get their offsets at once; readers see them once it is committed, and never if it is aborted.
    /// </summary>
    public InMemoryTransaction BeginTransaction() => new(this);

    /// <summary>Appends a record. Records that one thread appends to one partition keep their order.</summary>
    /// <returns>False if the topic is full because readers lag behind: try again later.</returns>
    /// <exception cref="ServiceRefusedException">There is no such topic or partition.</exception>
    public bool TryAppend(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, EventTime timestamp)
    {
        PartitionLog log = Require(topic, partition);
        if (log.IsFull)
        {
            return false;
        }

        log.Append(new NewRecord(key, value, hasValue: true, timestamp.Milliseconds));
        return true;
    }

    /// <inheritdoc/>
    public IKafkaAdmin OpenAdmin(KafkaConnection connection) => new InMemoryAdmin(this, connection);

    /// <inheritdoc/>
    public IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake)
    {
        Topic found = Require(topic);
        foreach (KafkaOffset offset in from)
        {
            PartitionLog log = found.Partitions[offset.Partition];
            if (offset.Offset < log.Low || offset.Offset > log.High)
            {
                _logger.OffsetOutOfRange(topic, offset.Partition, offset.Offset, log.Low, log.High);
            }
        }

        return new InMemoryReader(found, from, IsReadCommitted(connection), _time, wake);
    }

    /// <inheritdoc/>
    public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener) =>
        new InMemoryProducer(Require(topic), listener, _time);

    /// <inheritdoc/>
    public IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener)
    {
        TransactionalId id = _transactionalIds.GetOrAdd(options.Id, name => new TransactionalId(name, this, _time));
        return new InMemoryTransactionalProducer(id, Require(topic), options, listener, _time);
    }

    internal Topic? Find(string topic) => _topics.GetValueOrDefault(topic);

    internal Topic Require(string topic) =>
        Find(topic) ?? throw new ServiceRefusedException("Kafka", $"There is no topic '{topic}'; there are {string.Join(", ", TopicNames)}.");

    internal PartitionLog Require(string topic, int partition)
    {
        PartitionLog[] partitions = Require(topic).Partitions;
        return (uint)partition < (uint)partitions.Length
            ? partitions[partition]
            : throw new ServiceRefusedException("Kafka", $"Topic '{topic}' has no partition {partition}; it has {partitions.Length}.");
    }

    internal static bool IsReadCommitted(KafkaConnection connection) =>
        connection.Properties.GetValueOrDefault("isolation.level") != "read_uncommitted";

    internal long? Committed(string group, string topic, int partition) =>
        _committed.TryGetValue((group, topic, partition), out long offset) ? offset : null;

    internal void Commit(string group, string topic, KafkaOffset position) => _committed[(group, topic, position.Partition)] = position.Offset;
}
