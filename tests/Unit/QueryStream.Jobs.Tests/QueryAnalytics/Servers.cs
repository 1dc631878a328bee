using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

/// <summary>Kafka and Redis in memory, with a harness's clock.</summary>
internal sealed class Servers : IServiceProvider
{
    private const string Topic = "user-queries";

    public Servers(TimeProvider time, int partitions)
    {
        Kafka = new InMemoryKafka(time, NullLoggerFactory.Instance);
        Kafka.CreateTopic(Topic, partitions);
        Redis = new InMemoryRedis(time);
        Messages = Redis.Subscribe("analytics:updates", capacity: 1_000_000);
    }

    public InMemoryKafka Kafka { get; }

    public InMemoryRedis Redis { get; }

    public RedisSubscription Messages { get; }

    public void Produce(IEnumerable<RawRecord> records)
    {
        foreach (RawRecord record in records)
        {
            Assert.True(Kafka.TryAppend(Topic, record.Partition, [], record.Value, new(record.Timestamp)));
        }
    }

    public Dictionary<string, string> Stored() =>
        Redis.Newest(int.MaxValue).ToDictionary(entry => entry.Key.ToString(), entry => entry.Value.ToString());

    public List<string> TakeMessages()
    {
        List<string> messages = [];
        while (Messages.Messages.TryRead(out Text message))
        {
            messages.Add(message.ToString());
        }

        return messages;
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IKafkaClients) ? Kafka : serviceType == typeof(IRedisConnections) ? Redis : null;
}
