using System.Buffers;
using QueryStream.Core.Texts;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>The definition of a Redis sink.</summary>
internal sealed class RedisSink<T>(string name, RedisAddress address, RedisSinkOptions options, Func<RedisEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RedisSinkWriter<T>(new RedisPump(context, name, address, options), name, encoder(), context);
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
