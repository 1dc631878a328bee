using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Simulation.Graphs;

/// <summary>The external systems that the job writes to, which outlive its processes.</summary>
internal sealed class Outputs
{
    private readonly InMemoryKafka _kafka;
    private readonly InMemoryRedis _redis;
    private readonly Dictionary<string, TransactionalSink<string>> _transactional = new(StringComparer.Ordinal);

    public Outputs(SimulationPlan plan, InMemoryKafka kafka, InMemoryRedis redis)
    {
        _kafka = kafka;
        _redis = redis;
        foreach (PlannedBranch branch in plan.Branches)
        {
            _transactional[branch.Name] = new TransactionalSink<string>();
            kafka.CreateTopic(branch.Name, partitions: 2);
        }
    }

    public TransactionalSink<string> TransactionalOf(PlannedBranch branch) => _transactional[branch.Name];

    /// <summary>What has been written for a branch: rows, or of upserts the values in force.</summary>
    public IReadOnlyList<string> Read(PlannedBranch branch) => branch.Sink switch
    {
        SinkKind.Transactional => _transactional[branch.Name].Visible,
        SinkKind.Append or SinkKind.ExactlyOnce => ReadTopic(branch.Name),
        _ => ReadRedis(branch.Name),
    };

    private List<string> ReadRedis(string branch) =>
        [.. _redis.Newest(int.MaxValue, $"{branch}/").Select(entry => $"{entry.Key.ToString()[(branch.Length + 1)..]}{entry.Value}")];

    private List<string> ReadTopic(string topic)
    {
        KafkaConnection connection = new("simulated:9092", "", new Dictionary<string, string>());
        IKafkaReader reader = _kafka.OpenReader(
            connection, topic, [new KafkaOffset(0, 0), new KafkaOffset(1, 0)], new KafkaReaderOptions(), () => { });
        List<string> rows = [];
        Collector collector = new(rows);
        while (!reader.Poll(ref collector))
        {
        }

        _ = reader.DisposeAsync();
        return rows;
    }

    private struct Collector(List<string> rows) : IKafkaRecordHandler
    {
        public readonly bool OnRecord(in SourceRecord record)
        {
            rows.Add(Encoding.UTF8.GetString(record.Value));
            return true;
        }

        public readonly void OnPartitionEof(int partition, long offset)
        {
        }

        public readonly void OnEndOffset(int partition, long end, EventTime askedAt)
        {
        }

        public readonly void OnUnreadable(int partition, long offset, string problem) =>
            throw new InvalidOperationException($"The simulated cluster has an unreadable record: {problem}");
    }
}
