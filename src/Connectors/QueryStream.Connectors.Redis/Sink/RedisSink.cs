using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>The definition of a Redis sink.</summary>
internal sealed class RedisSink<T>(string name, RedisAddress address, RedisSinkOptions options, Func<T, RedisUpsert> upsert) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RedisSinkWriter<T>(new RedisPump(context, name, address, options), name, upsert, context);
}
