using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Jobs.Tests;

/// <summary>Reads what a job has written to a topic in memory.</summary>
internal static class KafkaOutput
{
    /// <summary>All values of a topic, by partition.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(InMemoryKafka kafka, string topic, int partitions)
    {
        KafkaConnection connection = new("memory", "", new Dictionary<string, string>());
        KafkaOffset[] from = [.. Enumerable.Range(0, partitions).Select(partition => new KafkaOffset(partition, 0))];
        await using IKafkaReader reader = kafka.OpenReader(connection, topic, from, new KafkaReaderOptions(), () => { });
        Collector collector = new([]);
        while (!reader.Poll(ref collector))
        {
            // Polled until drained.
        }

        return collector.Values;
    }

    private readonly record struct Collector(List<string> Values) : IKafkaRecordHandler
    {
        public bool OnRecord(in SourceRecord record)
        {
            Values.Add(Encoding.UTF8.GetString(record.Value));
            return true;
        }

        public void OnPartitionEof(int partition, long offset)
        {
        }

        public void OnEndOffset(int partition, long end, EventTime askedAt)
        {
        }

        public void OnUnreadable(int partition, long offset, string problem) => Assert.Fail(problem);
    }
}
