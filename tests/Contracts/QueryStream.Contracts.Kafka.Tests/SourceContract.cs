using QueryStream.Connectors.Kafka;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What every source does, whatever implements its clients.</summary>
public abstract class SourceContract(ISubject subject) : KafkaContract(subject)
{
    protected KafkaSourceOptions Options => new() { BootstrapServers = Subject.Address, Topic = Topic, GroupId = Group };

    protected long PositionOf(SourceHarness<string> source, int partition) => source.Snapshot()[$"{Topic}-{partition}"];

    protected static IEnumerable<string> Rows(SourceHarness<string> source, int split) =>
        source.Rows.Where(row => row.Split == split).Select(row => row.Row);
}
