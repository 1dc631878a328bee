using System.Runtime.CompilerServices;
using System.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>Encodes rows as records, one at a time, and checks their partitions.</summary>
/// <param name="topic">The topic, for errors.</param>
/// <param name="encoder">Encodes a row.</param>
/// <param name="partitions">The number of partitions of the topic.</param>
internal sealed class SinkRecord<T>(string topic, KafkaEncoder<T> encoder, int partitions)
{
    private const int ShownBytes = 64;

    /// <summary>The record of the last row.</summary>
    public KafkaRecordBuilder Record { get; } = new() { PartitionCount = partitions };

    /// <summary>The bytes of its key and value.</summary>
    public int Bytes => Record.WrittenKey.Length + Record.WrittenValue.Length;

    /// <summary>Encodes a row.</summary>
    /// <returns>False if there is nothing to write for it.</returns>
    /// <exception cref="PartitionException">It names a partition that does not exist.</exception>
    public bool TryEncode(in T row)
    {
        Record.Reset();
        if (!encoder.TryEncode(row, Record))
        {
            return false;
        }

        if (Record.Partition is { } partition && (uint)partition >= (uint)Record.PartitionCount)
        {
            ThrowPartition(partition);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowPartition(int partition) =>
        throw new PartitionException(
            $"Topic '{topic}': the record {Describe(Record)} has partition {partition}; allowed are 0 to {Record.PartitionCount - 1}.");

    // Identifies a record by its key, or by the beginning of its value if it has none.
    private static string Describe(KafkaRecordBuilder record)
    {
        bool hasKey = !record.WrittenKey.IsEmpty;
        ReadOnlySpan<byte> bytes = hasKey ? record.WrittenKey : record.WrittenValue;
        string more = bytes.Length > ShownBytes ? "…" : "";
        return $"with the {(hasKey ? "key" : "value")} '{Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownBytes)])}{more}'";
    }
}
