using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Streams;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>The Kafka sink, at least once.</summary>
public sealed class KafkaSinkTests() : KafkaSinkSuite(DeliveryGuarantee.AtLeastOnce);

/// <summary>The Kafka sink, exactly once.</summary>
public sealed class KafkaExactlyOnceSinkTests() : KafkaSinkSuite(DeliveryGuarantee.ExactlyOnce);

/// <summary>The Kafka sink on Kafka in memory, which has the same contract tests as a real broker.</summary>
public abstract class KafkaSinkSuite(DeliveryGuarantee delivery) : SinkSuite<string>
{
    private const string Topic = "rows";
    private readonly InMemoryKafka _kafka = new(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    protected override object[] Services => [_kafka];

    protected override Task PrepareAsync()
    {
        _kafka.CreateTopic(Topic, 1);
        return Task.CompletedTask;
    }

    protected override void Define(Stream<string> rows) => rows.ToKafka(
        "kafka",
        new KafkaSinkOptions { BootstrapServers = "memory:1", Topic = Topic, Delivery = delivery },
        static (in row, record) => Encoding.UTF8.GetBytes(row, record.Value));

    protected override string RowOf(string text) => text;

    protected override async Task<IReadOnlyList<string>> ReadBackAsync()
    {
        KafkaSourceOptions options = new() { BootstrapServers = "memory:1", Topic = Topic, IsBounded = true };
        await using SourceHarness<string> source = new(
            job => job.Kafka<string>("kafka", options).Format(new NonEmptyTexts()), 0, 1, TimeProvider.System, _kafka);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        return [.. source.Rows.Select(row => row.Row)];
    }
}
