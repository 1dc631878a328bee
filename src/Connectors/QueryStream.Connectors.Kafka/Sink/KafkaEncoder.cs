using System.Runtime.CompilerServices;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>Makes the records of one subtask.</summary>
internal abstract class KafkaEncoder<T> : IDisposable
{
    /// <summary>Makes the record of a row.</summary>
    /// <returns>False where there is nothing to write for it.</returns>
    public abstract bool TryEncode(in T row, KafkaRecordBuilder record);

    public virtual void Dispose()
    {
    }
}

/// <summary>Makes records by a function of the job.</summary>
internal sealed class SerializerEncoder<T>(KafkaSerializer<T> serializer) : KafkaEncoder<T>
{
    public override bool TryEncode(in T row, KafkaRecordBuilder record)
    {
        serializer(row, record);
        return true;
    }
}

/// <summary>Makes the value by a format and the key, where there is one, by a function.</summary>
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

/// <summary>Makes a record with a value of each row that a changelog adds, and a tombstone of each row that it deletes. Both need a key.</summary>
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
