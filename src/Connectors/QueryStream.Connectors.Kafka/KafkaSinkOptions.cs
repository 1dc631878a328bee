using System.Collections.Frozen;

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

    /// <summary>
    /// Further librdkafka properties by name, for example <c>compression.type</c>, <c>linger.ms</c>, <c>sasl.mechanism</c>. They override the
    /// connector's own settings, except those that its guarantees depend on, which are refused.
    /// </summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = FrozenDictionary<string, string>.Empty;

    internal KafkaConnection Connection => new(Address, "", Properties);

    internal string Address => BootstrapServers ?? IKafkaClients.DefaultAddress;

    /// <summary>The options with the effective address.</summary>
    internal KafkaSinkOptions ResolvedBy(IKafkaClients clients) => this with { BootstrapServers = BootstrapServers ?? clients.BootstrapServers };

    /// <summary>Checks the values.</summary>
    /// <param name="sink">The sink's name, for the message.</param>
    /// <exception cref="Core.Errors.JobDefinitionException">One is not allowed.</exception>
    internal KafkaSinkOptions Validate(string sink)
    {
        string what = $"Kafka sink '{sink}'";
        string topic = Topic.Length == 0 ? sink : Topic;
        OptionChecks.Address(what, BootstrapServers);
        OptionChecks.Topic(what, topic);
        OptionChecks.Properties(what, Properties);
        return this with { Topic = topic };
    }
}
