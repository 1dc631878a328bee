using System.Buffers;
using QueryStream.Connectors.Kafka;

namespace QueryStream.Testing.Kafka;

/// <summary>Copies records of producers, which reuse their builder: for a simulated producer that sends later.</summary>
public static class RecordCopy
{
    /// <summary>A copy without headers.</summary>
    public static KafkaRecordBuilder Of(KafkaRecordBuilder record)
    {
        KafkaRecordBuilder copy = new()
        {
            PartitionCount = record.PartitionCount,
            IsTombstone = record.IsTombstone,
            Timestamp = record.Timestamp,
            Partition = record.Partition,
        };
        copy.Key.Write(record.WrittenKey);
        copy.Value.Write(record.WrittenValue);
        return copy;
    }
}
