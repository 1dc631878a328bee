using System.Buffers;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Encodes the upserts of one subtask.</summary>
internal abstract class RedisEncoder<T> : IDisposable
{
    /// <summary>Encodes a row.</summary>
    /// <returns>False if the row needs no write.</returns>
    public abstract bool TryEncode(in T row, out RedisUpsert upsert);

    public virtual void Dispose()
    {
    }
}

/// <summary>Encodes rows by a function of the job.</summary>
internal sealed class FunctionEncoder<T>(Func<T, RedisUpsert> upsert) : RedisEncoder<T>
{
    public override bool TryEncode(in T row, out RedisUpsert made)
    {
        made = upsert(row);
        return true;
    }
}

/// <summary>Encodes the value by a format and the key by a function. The message, if any, is the value.</summary>
internal sealed class FormatEncoder<T>(RecordKey<T> key, RecordEncoder<T> value, bool publishes) : RedisEncoder<T>
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly TextArena _texts = new();

    public override bool TryEncode(in T row, out RedisUpsert upsert)
    {
        Text of = KeyOf(row);
        _bytes.ResetWrittenCount();
        value.Encode(row, _bytes);
        Text encoded = _texts.Add(_bytes.WrittenSpan);
        upsert = new RedisUpsert(of, encoded, publishes ? encoded : default);
        return true;
    }

    /// <summary>The key of a row; missing if it has none.</summary>
    public Text KeyOf(in T row)
    {
        _bytes.ResetWrittenCount();
        return key.TryWrite(row, _bytes) ? _texts.Add(_bytes.WrittenSpan) : default;
    }

    public override void Dispose() => value.Dispose();
}

/// <summary>Stores the inserted and updated rows of a changelog, and deletes the keys of deleted rows, with empty messages if any.</summary>
internal sealed class ChangeEncoder<T>(FormatEncoder<T> rows, bool publishes) : RedisEncoder<Change<T>>
{
    public override bool TryEncode(in Change<T> row, out RedisUpsert upsert)
    {
        T changed = row.Row;
        switch (row.Kind)
        {
            case ChangeKind.Insert or ChangeKind.UpdateAfter:
                return rows.TryEncode(changed, out upsert);
            case ChangeKind.Delete:
                upsert = RedisUpsert.Delete(rows.KeyOf(changed), publishes ? Text.Empty : default);
                return true;
            default:
                upsert = default;
                return false;
        }
    }

    public override void Dispose() => rows.Dispose();
}
