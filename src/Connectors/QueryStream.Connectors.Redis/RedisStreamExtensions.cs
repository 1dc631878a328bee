using System.Runtime.CompilerServices;
using QueryStream.Connectors.Redis.Sink;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Redis;

/// <summary>What a row becomes in Redis.</summary>
/// <param name="Key">Where the value is stored; must not be missing or empty.</param>
/// <param name="Value">What is stored; must not be missing, but of a delete.</param>
/// <param name="Message">What is published; nothing where it is missing.</param>
public readonly record struct RedisUpsert(Text Key, Text Value, Text Message)
{
    /// <summary>Whether the key is deleted, and nothing stored.</summary>
    public bool IsDelete { get; private init; }

    /// <summary>Deletes a key.</summary>
    /// <param name="key">The key; must not be missing or empty.</param>
    /// <param name="message">What is published; nothing where it is missing.</param>
    public static RedisUpsert Delete(Text key, Text message = default) => new(key, default, message) { IsDelete = true };
}

/// <summary>Redis at the end of a stream.</summary>
public static class RedisStreamExtensions
{
    // The sinks of each job under definition; an entry goes with its builder.
    private static readonly ConditionalWeakTable<StreamBuilder, HashSet<string>> Names = [];

    /// <summary>
    /// Stores each row under its key: <c>rows.ToRedis("totals").Key(row => row.User).Json()</c>. Where the options name a channel, the value is
    /// published there too, in one step that other clients never see half done. Of several rows with one key that have not been sent yet only the
    /// newest goes out. A value is published at least once, the last one of a key is the one that is stored, and nothing that is sent again replaces
    /// something newer.
    /// </summary>
    /// <param name="stream">The rows. Those of one key must come from one subtask, as they do behind <c>KeyBy</c>.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job: its fence in Redis carries it.</param>
    /// <param name="options">Server, time to live, channel, bounds; null: the server that the process names, and no channel.</param>
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
    /// Keeps the table that a changelog describes: stores inserted and updated rows under their keys, and deletes the keys of deleted rows. A channel
    /// gets the value of what is stored, and an empty message for what is deleted. Rows before an update are skipped, so an update that changes the
    /// key must come as a delete and an insert. Otherwise as for rows.
    /// </summary>
    /// <param name="stream">The changes. Those of one key must come from one subtask, as they do behind <c>KeyBy</c>.</param>
    /// <param name="name">The sink's name, unique among the Redis sinks of the job.</param>
    /// <param name="options">Server, time to live, channel, bounds; null: the server that the process names, and no channel.</param>
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
    /// As the other, for rows whose message is not their value, or whose value no format writes.
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
        RecordKey<T> key = _key ?? throw new JobDefinitionException($"Redis sink '{Name}' has no key: say Key(row => …) before the format.");
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

    /// <summary>Says under which key a row is stored. Every row needs one.</summary>
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
        RecordKey<T> key = _key ?? throw new JobDefinitionException($"Redis sink '{Name}' has no key: say Key(row => …) before the format.");
        return _stream.To(Name, new RedisSink<T>(Name, _address, _options, () => new FormatEncoder<T>(key, format.CreateEncoder(), _options.Channel.Length > 0)));
    }
}
