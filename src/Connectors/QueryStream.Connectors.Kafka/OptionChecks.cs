using System.Buffers;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>Validation shared by the options of sources and sinks.</summary>
internal static class OptionChecks
{
    private const int MaxTopicLength = 249;

    private static readonly SearchValues<char> TopicLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    // Properties that the connector's guarantees depend on, each with the reason or the option to use instead.
    private static readonly Dictionary<string, string> Owned = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = "set BootstrapServers",
        ["metadata.broker.list"] = "set BootstrapServers",
        ["group.id"] = "set GroupId",
        ["enable.auto.commit"] = "the source commits what it has handed over",
        ["auto.commit.enable"] = "the source commits what it has handed over",
        ["enable.auto.offset.store"] = "the source commits what it has handed over",
        ["enable.partition.eof"] = "the source needs it to detect the end of partitions",
        ["auto.offset.reset"] = "set Start",
        ["message.timeout.ms"] = "records never expire",
        ["delivery.timeout.ms"] = "records never expire",
        ["transactional.id"] = "set Delivery and TransactionalIdPrefix",
        ["transaction.timeout.ms"] = "set TransactionTimeout",
        ["delivery.report.only.error"] = "the sink counts acknowledgements",
        ["queue.buffering.max.messages"] = "each sink limits its records in flight",
        ["queue.buffering.max.kbytes"] = "each sink limits its records in flight",
        ["log.queue"] = "librdkafka's log goes to the process's log",
    };

    public static void Address(string what, string? bootstrapServers)
    {
        if (bootstrapServers is null)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(bootstrapServers))
        {
            throw new JobDefinitionException($"{what}: BootstrapServers is empty; write HOST:PORT.");
        }

        foreach (string server in bootstrapServers.Split(','))
        {
            if (!KafkaConnection.IsAddress(server))
            {
                throw new JobDefinitionException($"{what}: '{server}' in BootstrapServers is no address; write HOST:PORT.");
            }
        }
    }

    public static void Topic(string what, string topic)
    {
        bool isName = topic.Length is > 0 and <= MaxTopicLength && topic is not ("." or "..") && !topic.AsSpan().ContainsAnyExcept(TopicLetters);
        if (!isName)
        {
            throw new JobDefinitionException(
                $"{what}: '{topic}' is no topic name; Kafka allows 1 to {MaxTopicLength} of a-z, A-Z, 0-9, '.', '_' and '-'.");
        }
    }

    public static void Properties(string what, IReadOnlyDictionary<string, string> properties)
    {
        foreach (string name in properties.Keys)
        {
            if (Owned.TryGetValue(name, out string? instead))
            {
                throw new JobDefinitionException($"{what}: the property '{name}' cannot be set: {instead}.");
            }
        }
    }
}
