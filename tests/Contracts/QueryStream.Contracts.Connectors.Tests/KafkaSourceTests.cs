using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>The Kafka source on Kafka in memory, which has the same contract tests as a real broker.</summary>
public sealed class KafkaSourceTests : SourceSuite<string>
{
    private const string Topic = "rows";
    private readonly InMemoryKafka _kafka = new(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    protected override object[] Services => [_kafka];

    protected override Task FillAsync(IReadOnlyList<IReadOnlyList<string?>> splits)
    {
        _kafka.CreateTopic(Topic, splits.Count);
        for (int split = 0; split < splits.Count; split++)
        {
            foreach (string? row in splits[split])
            {
                Assert.True(_kafka.TryAppend(Topic, split, default, System.Text.Encoding.UTF8.GetBytes(row ?? ""), new EventTime(0)));
            }
        }

        return Task.CompletedTask;
    }

    protected override SourceStream<string> Define(StreamBuilder job, bool isBounded) => job.Kafka<string>(
        "kafka", new KafkaSourceOptions { BootstrapServers = "memory:1", Topic = Topic, IsBounded = isBounded }).Format(new NonEmptyTexts());

    protected override string TextOf(string row) => row;
}
