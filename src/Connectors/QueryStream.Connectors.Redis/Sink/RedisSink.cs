using System.Buffers;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>The definition of a Redis sink.</summary>
internal sealed class RedisSink<T>(string name, RedisAddress address, RedisSinkOptions options, Func<RedisEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RedisSinkWriter<T>(new RedisPump(context, name, address, options), name, encoder(), context);
}

/// <summary>Turns rows into upserts, and hands them to the pump.</summary>
internal sealed class RedisSinkWriter<T>(RedisPump pump, string name, RedisEncoder<T> encoder, SinkContext context) : ISinkWriter<T>
{
    private readonly RedisUpsert[] _upserts = new RedisUpsert[Batch.MaxRows];

    public bool IsFull => pump.IsFull;

    public bool IsFlushed => pump.IsFlushed;

    public Task OpenAsync(CancellationToken cancellationToken) => pump.OpenAsync(cancellationToken);

    public void Write(Batch<T> batch)
    {
        // A batch in which the job's code throws is not taken over at all. The outbox copies the bytes of texts, so nothing of the batch is kept.
        ReadOnlySpan<T> rows = batch.Rows;
        int next = 0;
        try
        {
            for (; next < rows.Length; next++)
            {
                _upserts[next] = encoder.Encode(rows[next]);
                if (_upserts[next].Key.IsMissingOrEmpty || !_upserts[next].Value.HasValue)
                {
                    ThrowIncomplete(_upserts[next]);
                }
            }
        }
        catch (Exception) when (context.Blame(next))
        {
            // Blame never catches: it only notes the row.
            throw;
        }

        Span<RedisUpsert> made = _upserts.AsSpan(0, rows.Length);
        pump.Write(made);
        made.Clear();
    }

    public void Flush() => pump.Flush();

    public ValueTask DisposeAsync()
    {
        encoder.Dispose();
        return pump.DisposeAsync();
    }

    private void ThrowIncomplete(in RedisUpsert row) => throw new JobDefinitionException(
        row.Key.IsMissingOrEmpty
            ? $"The function of Redis sink '{name}' has made a row without a key: every row needs one."
            : $"The function of Redis sink '{name}' has made a row without a value for key '{row.Key}': every row needs one, an empty text will do.");
}

/// <summary>Makes the upserts of one subtask.</summary>
internal abstract class RedisEncoder<T> : IDisposable
{
    public abstract RedisUpsert Encode(in T row);

    public virtual void Dispose()
    {
    }
}

/// <summary>Makes upserts by a function of the job.</summary>
internal sealed class FunctionEncoder<T>(Func<T, RedisUpsert> upsert) : RedisEncoder<T>
{
    public override RedisUpsert Encode(in T row) => upsert(row);
}

/// <summary>Makes the value by a format and the key by a function; the message, where one is wanted, is the value.</summary>
internal sealed class FormatEncoder<T>(RecordKey<T> key, RecordEncoder<T> value, bool publishes) : RedisEncoder<T>
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly TextArena _texts = new();

    public override RedisUpsert Encode(in T row)
    {
        _bytes.ResetWrittenCount();
        Text of = key.TryWrite(row, _bytes) ? _texts.Add(_bytes.WrittenSpan) : default;
        _bytes.ResetWrittenCount();
        value.Encode(row, _bytes);
        Text encoded = _texts.Add(_bytes.WrittenSpan);
        return new RedisUpsert(of, encoded, publishes ? encoded : default);
    }

    public override void Dispose() => value.Dispose();
}
