using System.Buffers.Binary;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>A record in the output of a committable. The layout is drawn in docs/design/transactions.md; it is stored in checkpoints.</summary>
internal readonly ref struct CommittableRecord
{
    private const byte HasValueFlag = 1;
    private const byte HasTimeFlag = 2;
    private const byte HasPartitionFlag = 4;
    private const byte HasHeadersFlag = 8;

    public ReadOnlySpan<byte> Key { get; private init; }

    public ReadOnlySpan<byte> Value { get; private init; }

    public bool HasValue { get; private init; }

    /// <summary>As <see cref="HeaderEncoding"/> writes them.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }

    /// <summary>Null: the time of its transaction.</summary>
    public EventTime? Time { get; private init; }

    /// <summary>The partition, or <see cref="IKafkaProducer.AnyPartition"/>.</summary>
    public int Partition { get; private init; }

    /// <summary>How many bytes <see cref="Write"/> needs.</summary>
    public static int SizeOf(KafkaRecordBuilder record) =>
        1 + (record.Timestamp is null ? 0 : 8) + (record.Partition is null ? 0 : 4) + 8 + (record.WrittenHeaders.IsEmpty ? 0 : 4)
        + record.WrittenKey.Length + record.WrittenValue.Length + record.WrittenHeaders.Length;

    /// <summary>Writes a record.</summary>
    public static void Write(KafkaRecordBuilder record, Span<byte> target)
    {
        int flags = record.IsTombstone ? 0 : HasValueFlag;
        int at = 1;
        if (record.Timestamp is { } time)
        {
            flags |= HasTimeFlag;
            BinaryPrimitives.WriteInt64LittleEndian(target[at..], time.Milliseconds);
            at += 8;
        }

        if (record.Partition is { } partition)
        {
            flags |= HasPartitionFlag;
            BinaryPrimitives.WriteInt32LittleEndian(target[at..], partition);
            at += 4;
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[at..], record.WrittenKey.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[(at + 4)..], record.WrittenValue.Length);
        at += 8;
        if (!record.WrittenHeaders.IsEmpty)
        {
            flags |= HasHeadersFlag;
            BinaryPrimitives.WriteInt32LittleEndian(target[at..], record.WrittenHeaders.Length);
            at += 4;
        }

        target[0] = (byte)flags;
        record.WrittenKey.CopyTo(target[at..]);
        at += record.WrittenKey.Length;
        record.WrittenValue.CopyTo(target[at..]);
        record.WrittenHeaders.CopyTo(target[(at + record.WrittenValue.Length)..]);
    }

    /// <summary>Reads the first record.</summary>
    /// <param name="rest">Whole records; afterwards those behind the first one.</param>
    public static CommittableRecord Read(ref ReadOnlySpan<byte> rest)
    {
        int flags = rest[0];
        rest = rest[1..];
        EventTime? time = (flags & HasTimeFlag) == 0 ? null : new EventTime(BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, 8)));
        int partition = (flags & HasPartitionFlag) == 0 ? IKafkaProducer.AnyPartition : BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        int key = BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        int value = BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        int headers = (flags & HasHeadersFlag) == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        return new CommittableRecord
        {
            Key = Take(ref rest, key),
            Value = Take(ref rest, value),
            Headers = Take(ref rest, headers),
            HasValue = (flags & HasValueFlag) != 0,
            Time = time,
            Partition = partition,
        };
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
