using System.Runtime.CompilerServices;
using QueryStream.Connectors.Redis.Sink;
using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.Redis;

/// <summary>Redis at the end of a stream.</summary>
public static class RedisStreamExtensions
{
    // The sinks of each job under definition; an entry goes with its builder.
    private static readonly ConditionalWeakTable<StreamBuilder, HashSet<string>> Names = [];

    /// <summary>
    /// Stores each row under its key and publishes its message, in one step that other clients never see half done. Of
    /// several rows with one key that have not been sent yet only the newest goes out. A message is published at least
    /// once, the last one of a key belongs to the value that is stored, and nothing that is sent again replaces something newer.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job: its fence in Redis carries it.</param>
    /// <param name="options">Server, time to live, channel, bounds.</param>
    /// <param name="upsert">Makes key, value and message of a row. Rows of one key must come from one subtask, as they do behind <c>KeyBy</c>.</param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The job has a Redis sink of that name already.</exception>
    public static void ToRedis<T>(this Stream<T> stream, string name, RedisSinkOptions options, Func<T, RedisUpsert> upsert)
    {
        RedisAddress address = options.Validate();
        if (!Names.GetValue(stream.Job, _ => []).Add(name))
        {
            throw new JobDefinitionException($"The job has two Redis sinks named '{name}': give each its own name, since the name tells their writes apart.");
        }

        stream.To(name, new RedisSink<T>(name, address, options, upsert));
    }
}
