using System.Runtime.CompilerServices;
using QueryStream.Connectors.Redis.Sink;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis;

/// <summary>The write to Redis for one row.</summary>
/// <param name="Key">The key; must not be missing or empty.</param>
/// <param name="Value">The value; must not be missing, except for a delete.</param>
/// <param name="Message">The message to publish; missing: none.</param>
public readonly record struct RedisUpsert(Text Key, Text Value, Text Message)
{
    /// <summary>Whether the key is deleted.</summary>
    public bool IsDelete { get; private init; }

    /// <summary>Deletes a key.</summary>
    /// <param name="key">The key; must not be missing or empty.</param>
    /// <param name="message">The message to publish; missing: none.</param>
    public static RedisUpsert Delete(Text key, Text message = default) => new(key, default, message) { IsDelete = true };
}

/// <summary>Redis sinks of jobs.</summary>
public static class RedisStreamExtensions
{
    // The names of the Redis sinks of each job that is being defined.
    private static readonly ConditionalWeakTable<StreamBuilder, HashSet<string>> Names = [];

    /// <summary>
    /// Stores each row under its key: <c>rows.ToRedis("totals").Key(row => row.User).Json()</c>. If the options name a channel, the value is also
    /// published there, atomically with the write. Of several unsent rows with one key only the newest is sent. Values are published at least
    /// once, the last published value of a key is the stored one, and resent values never replace newer ones.
    /// </summary>
    /// <param name="stream">The rows. Those of one key must come from one subtask, as they do behind <c>KeyBy</c>.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job: its fence in Redis carries it.</param>
    /// <param name="options">Server, time to live, channel, bounds; null: the process's server, and no channel.</param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The job has a Redis sink of that name already.</exception>
    public static RedisRecordSink<T> ToRedis<T>(this Stream<T> stream, string name, RedisSinkOptions? options = null)
    {
        RedisSinkOptions checkedOptions = options ?? new RedisSinkOptions();
        RedisAddress? address = checkedOptions.Validate();
        Reserve(stream, name);
        return new RedisRecordSink<T>(stream, name, address, checkedOptions);
    }

    /// <summary>
    /// Materializes a changelog: stores inserted and updated rows under their keys, and deletes the keys of deleted rows. A channel gets the value of
    /// each stored row, and an empty message for each deleted one. Update-before rows are skipped, so an update that changes the key must be a
    /// delete and an insert. The other guarantees are those of rows.
    /// </summary>
    /// <param name="stream">The changes. Those of one key must come from one subtask, as they do behind <c>KeyBy</c>.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job.</param>
    /// <param name="options">Server, time to live, channel, bounds; null: the process's server, and no channel.</param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The job has a Redis sink of that name already.</exception>
    public static RedisChangelogSink<T> ToRedis<T>(this Stream<Change<T>> stream, string name, RedisSinkOptions? options = null)
    {
        RedisSinkOptions checkedOptions = options ?? new RedisSinkOptions();
        RedisAddress? address = checkedOptions.Validate();
        Reserve(stream, name);
        return new RedisChangelogSink<T>(stream, name, address, checkedOptions);
    }

    /// <summary>
    /// Stores each row as a function says, for messages that differ from the value or values that no format writes. Value and message are written
    /// atomically. Of several unsent rows with one key only the newest is sent. Messages are published at least once, the last message of a key
    /// belongs to the stored value, and resent values never replace newer ones.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job: its fence in Redis carries it.</param>
    /// <param name="options">Server, time to live, channel, bounds.</param>
    /// <param name="upsert">
    /// Creates key, value and message of a row. Rows of one key must come from one subtask, as they do after <c>KeyBy</c>.
    /// </param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The job has a Redis sink of that name already.</exception>
    public static StreamSink ToRedis<T>(this Stream<T> stream, string name, RedisSinkOptions options, Func<T, RedisUpsert> upsert)
    {
        RedisAddress? address = options.Validate();
        Reserve(stream, name);
        return stream.To(name, new RedisSink<T>(name, address, options, () => new FunctionEncoder<T>(upsert)));
    }

    private static void Reserve<T>(Stream<T> stream, string name)
    {
        if (!Names.GetValue(stream.Job, _ => []).Add(name))
        {
            throw new JobDefinitionException(
                $"The job has two Redis sinks named '{name}': give each its own name, since the name tells their writes apart.");
        }
    }
}

/// <summary>A Redis sink of a changelog that waits for its key and the format of its values.</summary>
/// <typeparam name="T">The rows of the changes.</typeparam>
public sealed class RedisChangelogSink<T> : RecordSink<T>
{
    private readonly Stream<Change<T>> _stream;
    private readonly RedisAddress? _address;
    private readonly RedisSinkOptions _options;
    private RecordKey<T>? _key;

    internal RedisChangelogSink(Stream<Change<T>> stream, string name, RedisAddress? address, RedisSinkOptions options)
        : base(stream.Job, name) => (_stream, _address, _options) = (stream, address, options);

    /// <inheritdoc cref="RedisRecordSink{T}.Key"/>
    public RedisChangelogSink<T> Key<TKey>(Func<T, TKey> key)
    {
        _key = RecordKey<T>.Of(key);
        return this;
    }

    /// <inheritdoc/>
    protected override StreamSink AddSink(RecordFormat<T> format)
    {
        RecordKey<T> key = _key ?? throw new JobDefinitionException($"Redis sink '{Name}' has no key: call Key(row => …) before the format.");
        bool publishes = _options.Channel.Length > 0;
        return _stream.To(Name, new RedisSink<Change<T>>(
            Name, _address, _options, () => new ChangeEncoder<T>(new FormatEncoder<T>(key, format.CreateEncoder(), publishes), publishes)));
    }
}

/// <summary>A Redis sink that waits for its key and the format of its values.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class RedisRecordSink<T> : RecordSink<T>
{
    private readonly Stream<T> _stream;
    private readonly RedisAddress? _address;
    private readonly RedisSinkOptions _options;
    private RecordKey<T>? _key;

    internal RedisRecordSink(Stream<T> stream, string name, RedisAddress? address, RedisSinkOptions options)
        : base(stream.Job, name) => (_stream, _address, _options) = (stream, address, options);

    /// <summary>Sets the key under which a row is stored. Every row needs one.</summary>
    /// <typeparam name="TKey">A text, bytes, a number, a GUID or a time.</typeparam>
    /// <exception cref="JobDefinitionException">Keys of that type have no text.</exception>
    public RedisRecordSink<T> Key<TKey>(Func<T, TKey> key)
    {
        _key = RecordKey<T>.Of(key);
        return this;
    }

    /// <inheritdoc/>
    protected override StreamSink AddSink(RecordFormat<T> format)
    {
        RecordKey<T> key = _key ?? throw new JobDefinitionException($"Redis sink '{Name}' has no key: call Key(row => …) before the format.");
        return _stream.To(
            Name, new RedisSink<T>(Name, _address, _options, () => new FormatEncoder<T>(key, format.CreateEncoder(), _options.Channel.Length > 0)));
    }
}
