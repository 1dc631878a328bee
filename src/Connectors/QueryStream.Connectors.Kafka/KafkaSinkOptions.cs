using System.Collections.Frozen;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>The options of a Kafka sink. Validated when the sink is added to a job.</summary>
public sealed record KafkaSinkOptions
{
    /// <summary>
    /// The cluster's bootstrap servers: <c>HOST:PORT</c>, several separated by commas. Null: those of the process
    /// (<see cref="KafkaClientOptions"/>), else localhost:9092.
    /// </summary>
    public string? BootstrapServers { get; init; }

    /// <summary>The topic, which must exist; empty: the sink's name.</summary>
    public string Topic { get; init; } = "";

    /// <summary>The delivery guarantee.</summary>
    public DeliveryGuarantee Delivery { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>
    /// The prefix of the transactional ids and consumer groups of an exactly-once sink, for the permissions of a cluster. Job, sink, subtask and
    /// attempt follow, so jobs may share a prefix.
    /// </summary>
    public string TransactionalIdPrefix { get; init; } = "querystream";

    /// <summary>
    /// How long a transaction of an exactly-once sink may be open, from 1 s to the cluster's <c>transaction.max.timeout.ms</c>. It is open only while
    /// the output of one checkpoint is written. If a job dies meanwhile and is not restarted, readers of committed records wait this long.
    /// </summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum bytes of output that a subtask of an exactly-once sink holds until their checkpoint is complete, 1 KiB or more. They are kept in
    /// memory and in the checkpoint. At half of it the sink requests a checkpoint; at the limit it takes no rows, except those before a barrier.
    /// </summary>
    public long MaxUncommittedBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// Further librdkafka properties by name, for example <c>compression.type</c>, <c>linger.ms</c>, <c>sasl.mechanism</c>. They override the
    /// connector's own settings, except those that its guarantees depend on, which are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = FrozenDictionary<string, string>.Empty;

    private const long MinUncommittedBytes = 1024;

    private static readonly TimeSpan MinTransactionTimeout = TimeSpan.FromSeconds(1);

    // Brokers forget transactional ids after as long without use (transactional.id.expiration.ms).
    private static readonly TimeSpan MaxTransactionTimeout = TimeSpan.FromDays(7);

    internal KafkaConnection Connection => new(Address, "", Properties);

    internal string Address => BootstrapServers ?? IKafkaClients.DefaultAddress;

    /// <summary>The options with the effective address.</summary>
    internal KafkaSinkOptions ResolvedBy(IKafkaClients clients) => this with { BootstrapServers = BootstrapServers ?? clients.BootstrapServers };

    /// <summary>Looks up the topic when the sink opens.</summary>
    /// <exception cref="ServiceRefusedException">It does not exist.</exception>
    /// <exception cref="ServiceUnavailableException">The cluster does not respond in time.</exception>
    internal Task<KafkaTopic> FindTopicAsync(IKafkaAdmin admin, TimeProvider time, CancellationToken cancellationToken) =>
        OpenTimeout.RunAsync(Address, time, stop => admin.RequireTopicAsync(Address, Topic, stop), cancellationToken);

    /// <summary>Checks the values.</summary>
    /// <param name="sink">The sink's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is not allowed.</exception>
    internal KafkaSinkOptions Validate(string sink)
    {
        string what = $"Kafka sink '{sink}'";
        string topic = Topic.Length == 0 ? sink : Topic;
        OptionChecks.Address(what, BootstrapServers);
        OptionChecks.Topic(what, topic);
        OptionChecks.Properties(what, Properties);
        string? problem =
            !Enum.IsDefined(Delivery) ? $"Delivery is {Delivery}; it must be AtLeastOnce or ExactlyOnce"
            : string.IsNullOrWhiteSpace(TransactionalIdPrefix) ? "TransactionalIdPrefix is empty"
            : TransactionTimeout < MinTransactionTimeout || TransactionTimeout > MaxTransactionTimeout
                ? $"TransactionTimeout is {Durations.Format(TransactionTimeout)}; it must be from {Durations.Format(MinTransactionTimeout)} to "
                    + $"{Durations.Format(MaxTransactionTimeout)}"
            : MaxUncommittedBytes < MinUncommittedBytes ? $"MaxUncommittedBytes is {MaxUncommittedBytes}; it must be {MinUncommittedBytes} or more"
            : null;
        if (problem is not null)
        {
            throw new JobDefinitionException($"{what}: {problem}.");
        }

        return this with { Topic = topic };
    }
}

/// <summary>The delivery guarantee of a sink, with Flink's names.</summary>
public enum DeliveryGuarantee
{
    /// <summary>Rows are sent at once. A restart repeats the rows since the last checkpoint.</summary>
    AtLeastOnce,

    /// <summary>
    /// Readers with <c>isolation.level=read_committed</c> see each row once, when its checkpoint is complete. So results arrive later, by up to the
    /// interval of checkpoints.
    /// </summary>
    ExactlyOnce,
}
