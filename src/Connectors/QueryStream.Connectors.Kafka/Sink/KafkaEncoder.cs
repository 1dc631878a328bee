using System.Runtime.CompilerServices;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>Encodes the records of one subtask.</summary>
internal abstract class KafkaEncoder<T> : IDisposable
{
    /// <summary>Encodes the record of a row.</summary>
    /// <returns>False if there is nothing to write for it.</returns>
    public abstract bool TryEncode(in T row, KafkaRecordBuilder record);

    public virtual void Dispose()
    {
    }
}

/// <summary>Encodes records by the job's serializer.</summary>
internal sealed class SerializerEncoder<T>(KafkaSerializer<T> serializer) : KafkaEncoder<T>
{
    public override bool TryEncode(in T row, KafkaRecordBuilder record)
    {
        serializer(row, record);
        return true;
    }
}

/// <summary>Encodes the value by a format and the key, if any, by a function.</summary>
internal sealed class FormatEncoder<T>(RecordKey<T>? key, RecordEncoder<T> value) : KafkaEncoder<T>
{
    public override bool TryEncode(in T row, KafkaRecordBuilder record)
    {
        key?.TryWrite(row, record.Key);
        value.Encode(row, record.Value);
        return true;
    }

    public override void Dispose() => value.Dispose();
}

/// <summary>Encodes inserted and updated rows as records with a value, deleted rows as tombstones. Both need a key.</summary>
internal sealed class ChangelogEncoder<T>(string sink, RecordKey<T> key, RecordEncoder<T> value) : KafkaEncoder<Change<T>>
{
    public override bool TryEncode(in Change<T> row, KafkaRecordBuilder record)
    {
        if (row.Kind == ChangeKind.UpdateBefore)
        {
            return false;
        }

        T changed = row.Row;
        key.TryWrite(changed, record.Key);
        if (record.WrittenKey.IsEmpty)
        {
            ThrowNoKey();
        }

        record.IsTombstone = row.Kind == ChangeKind.Delete;
        if (!record.IsTombstone)
        {
            value.Encode(changed, record.Value);
        }

        return true;
    }

    public override void Dispose() => value.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowNoKey() => throw new JobDefinitionException(
        $"Kafka sink '{sink}' got a change whose key is null or empty. Every change needs a key, since the topic holds the newest value of each.");
}
