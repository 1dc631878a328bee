using System.Buffers;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Redis as a sink.</summary>
internal sealed class RedisSink<T>(string name, RedisAddress? address, RedisSinkOptions options, Func<RedisEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) =>
        new RedisSinkWriter<T>(new RedisPump(context, name, address, options), name, encoder(), context);
}

/// <summary>Encodes rows as upserts, and passes them to the pump.</summary>
internal sealed class RedisSinkWriter<T>(RedisPump pump, string name, RedisEncoder<T> encoder, SinkContext context) : ISinkWriter<T>
{
    private readonly RedisUpsert[] _upserts = new RedisUpsert[Batch.MaxRows];

    public bool IsFull => pump.IsFull;

    public bool IsFlushed => pump.IsFlushed;

    public Task OpenAsync(CancellationToken cancellationToken) => pump.OpenAsync(cancellationToken);

    public void Write(Batch<T> batch)
    {
        // If the job's code throws, nothing of the batch is written. The outbox copies the bytes of texts, so the batch can be reused.
        ReadOnlySpan<T> rows = batch.Rows;
        int count = 0;
        for (context.Row = 0; context.Row < rows.Length; context.Row++)
        {
            if (!encoder.TryEncode(rows[context.Row], out _upserts[count]))
            {
                continue;
            }

            ref readonly RedisUpsert upsert = ref _upserts[count++];
            if (upsert.Key.IsMissingOrEmpty || (!upsert.Value.HasValue && !upsert.IsDelete))
            {
                ThrowIncomplete(upsert);
            }
        }

        Span<RedisUpsert> made = _upserts.AsSpan(0, count);
        pump.Write(made);
        made.Clear();
        if (count < rows.Length)
        {
            // Rows without a write are done.
            context.Acknowledged(rows.Length - count);
        }
    }

    public void Flush() => pump.Flush();

    public ValueTask DisposeAsync()
    {
        encoder.Dispose();
        return pump.DisposeAsync();
    }

    private void ThrowIncomplete(in RedisUpsert row) => throw new JobDefinitionException(
        row.Key.IsMissingOrEmpty
            ? $"The function of Redis sink '{name}' returned a row without a key: every row needs one."
            : $"The function of Redis sink '{name}' returned a row without a value for key '{row.Key}': every row needs one, which may be empty.");
}

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
