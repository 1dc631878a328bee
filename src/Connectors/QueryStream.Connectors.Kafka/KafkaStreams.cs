using System.Text;
using QueryStream.Connectors.Kafka.Sink;
using QueryStream.Connectors.Kafka.Source;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>Kafka sources and sinks of jobs.</summary>
public static class KafkaStreams
{
    /// <summary>
    /// Reads a topic: <c>job.Kafka&lt;Click&gt;("clicks").Json()</c>. Each partition is a split with its own watermark, and its records keep their
    /// order. Records that cannot become rows are dead letters: <c>null-value</c>, <c>record-too-large</c>, <c>time-out-of-range</c>,
    /// <c>unreadable</c> (damaged), <c>unreadable-headers</c> if the decoder reads headers, and the reasons of the format.
    /// </summary>
    /// <typeparam name="T">The rows.</typeparam>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name, and the topic unless the options name one. It is displayed as <c>Source: name</c>.</param>
    /// <param name="options">The cluster, the topic and the start; null: the topic <paramref name="name"/> of the process's cluster.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static RecordSource<T> Kafka<T>(this StreamBuilder job, string name, KafkaSourceOptions? options = null) =>
        new KafkaRecordSource<T>(job, name, (options ?? new KafkaSourceOptions()).Validate(name));

    /// <summary>
    /// Reads a topic as the changelog of a table, as <c>ToKafka</c> writes it and compaction keeps it:
    /// <c>job.KafkaChangelog&lt;Total&gt;("totals", user => new Total(user.ToString(), 0)).Json()</c>. A record with a value is an update
    /// (<see cref="ChangeKind.UpdateAfter"/>) of the row of its key, even if the key is new; a tombstone is a delete. Otherwise as <c>Kafka</c>,
    /// with two more reasons for dead letters: <c>missing-key</c>, and <c>invalid-utf8</c> for the key of a tombstone.
    /// </summary>
    /// <typeparam name="T">The rows of the table.</typeparam>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name, and the topic unless the options name one.</param>
    /// <param name="deleted">Creates the row of a delete from its key: a tombstone has no value. Called by several subtasks concurrently.</param>
    /// <param name="options">The cluster, the topic and the start; null: the topic <paramref name="name"/> of the process's cluster.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static KafkaChangelogSource<T> KafkaChangelog<T>(
        this StreamBuilder job, string name, Func<Text, T> deleted, KafkaSourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        return new KafkaChangelogSource<T>(job.Kafka<Change<T>>(name, options), deleted);
    }

    /// <summary>
    /// Writes rows to a topic: <c>rows.ToKafka("clicks").Key(row => row.User).Json()</c>. A record is sent until the cluster has it. By default a
    /// restart may repeat rows; see <see cref="KafkaSinkOptions.Delivery"/>. Records of equal keys keep their order.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, and the topic unless the options name one. It is displayed as <c>Sink: name</c>.</param>
    /// <param name="options">The cluster, the topic and delivery; null: the topic <paramref name="name"/> of the process's cluster.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static KafkaRecordSink<T> ToKafka<T>(this Stream<T> stream, string name, KafkaSinkOptions? options = null) =>
        new(stream, name, (options ?? new KafkaSinkOptions()).Validate(name));

    /// <summary>
    /// Writes a changelog to a topic as an upsert log: <c>changes.ToKafka("totals").Key(row => row.User).Json()</c>.
    /// Inserted and updated rows become records with a key and a value, deleted rows become tombstones, so that a compacted topic keeps the table.
    /// <c>UpdateBefore</c> rows are skipped, so an update that changes the key must come as a delete and an insert.
    /// To write each change with its kind instead, name the type: <c>changes.ToKafka&lt;Change&lt;Total&gt;&gt;("log").Json()</c>.
    /// </summary>
    /// <param name="stream">The changes. Changes of one key must come from one subtask, as they do after <c>KeyBy</c>.</param>
    /// <param name="name">The sink's name, and the topic unless the options name one. It is displayed as <c>Sink: name</c>.</param>
    /// <param name="options">The cluster, the topic and delivery; null: the topic <paramref name="name"/> of the process's cluster.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static KafkaChangelogSink<T> ToKafka<T>(this Stream<Change<T>> stream, string name, KafkaSinkOptions? options = null) =>
        new(stream, name, (options ?? new KafkaSinkOptions()).Validate(name));

    /// <summary>Writes rows to a topic as records with headers, timestamps, partitions or tombstones.</summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, and the topic unless the options name one. It is displayed as <c>Sink: name</c>.</param>
    /// <param name="options">Where to write.</param>
    /// <param name="serializer">Serializes a row. Called by several subtasks concurrently.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static StreamSink ToKafka<T>(this Stream<T> stream, string name, KafkaSinkOptions options, KafkaSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(serializer);
        return stream.To(name, new KafkaSink<T>(name, options.Validate(name), () => new SerializerEncoder<T>(serializer)));
    }

    /// <summary>
    /// Writes dead letters to a topic. The record's key is <c>topic-partition</c>, so that those of one partition keep their order; its
    /// value a JSON object: <c>topic</c>, <c>partition</c>, <c>offset</c>, <c>reason</c>, <c>detail</c>, and the refused value as
    /// <c>value</c> if it is UTF-8 text, else as <c>value_base64</c>; <c>"value":null</c> if there is none.
    /// </summary>
    /// <param name="stream">The dead letters.</param>
    /// <param name="name">The sink's name. It is displayed as <c>Sink: name</c>.</param>
    /// <param name="options">Where to write.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static StreamSink ToKafka(this Stream<DeadLetter> stream, string name, KafkaSinkOptions options) =>
        stream.ToKafka(name, options, static (in letter, record) =>
        {
            Encoding.UTF8.GetBytes($"{letter.Topic}-{letter.Partition}", record.Key);
            DeadLetterJson.Write(letter, record.Value);
        });

    private sealed class KafkaRecordSource<T>(StreamBuilder job, string name, KafkaSourceOptions options) : RecordSource<T>(job, name)
    {
        protected override ISource<T> CreateSource(RecordFormat<T> format) => new KafkaSource<T>(options, format);
    }
}

/// <summary>A Kafka sink without its format.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class KafkaRecordSink<T> : RecordSink<T>
{
    private readonly Stream<T> _stream;
    private readonly KafkaSinkOptions _options;
    private RecordKey<T>? _key;

    internal KafkaRecordSink(Stream<T> stream, string name, KafkaSinkOptions options)
        : base(stream.Job, name) => (_stream, _options) = (stream, options);

    /// <summary>
    /// Sets the key of records. Records with equal keys go to one partition, the one that Java's client chooses, and keep their order. A record
    /// without a key goes to any partition.
    /// </summary>
    /// <typeparam name="TKey">A text, bytes, a number, a GUID or a time; null is no key.</typeparam>
    /// <exception cref="JobDefinitionException">Keys of that type have no text.</exception>
    public KafkaRecordSink<T> Key<TKey>(Func<T, TKey> key)
    {
        _key = RecordKey<T>.Of(key);
        return this;
    }

    /// <inheritdoc/>
    protected override StreamSink AddSink(RecordFormat<T> format)
    {
        RecordKey<T>? key = _key;
        return _stream.To(Name, new KafkaSink<T>(Name, _options, () => new FormatEncoder<T>(key, format.CreateEncoder())));
    }
}

/// <summary>A Kafka sink for a changelog, without its key and format. Its topic should be compacted.</summary>
/// <typeparam name="T">The rows of the changes.</typeparam>
public sealed class KafkaChangelogSink<T> : RecordSink<T>
{
    private readonly Stream<Change<T>> _stream;
    private readonly KafkaSinkOptions _options;
    private RecordKey<T>? _key;

    internal KafkaChangelogSink(Stream<Change<T>> stream, string name, KafkaSinkOptions options)
        : base(stream.Job, name) => (_stream, _options) = (stream, options);

    /// <summary>Sets the key of records. Required, and every row must have one.</summary>
    /// <typeparam name="TKey">A text, bytes, a number, a GUID or a time; neither null nor empty.</typeparam>
    /// <exception cref="JobDefinitionException">Keys of that type have no text.</exception>
    public KafkaChangelogSink<T> Key<TKey>(Func<T, TKey> key)
    {
        _key = RecordKey<T>.Of(key);
        return this;
    }

    /// <inheritdoc/>
    protected override StreamSink AddSink(RecordFormat<T> format)
    {
        RecordKey<T> key = _key ?? throw new JobDefinitionException(
            $"Kafka sink '{Name}' writes a changelog and has no key: call Key(row => …) before the format.");
        return _stream.To(Name, new KafkaSink<Change<T>>(Name, _options, () => new ChangelogEncoder<T>(Name, key, format.CreateEncoder())));
    }
}

/// <summary>A Kafka source of a changelog, without its format.</summary>
/// <typeparam name="T">The rows of the changes.</typeparam>
public sealed class KafkaChangelogSource<T>
{
    private readonly RecordSource<Change<T>> _source;
    private readonly Func<Text, T> _deleted;

    internal KafkaChangelogSource(RecordSource<Change<T>> source, Func<Text, T> deleted) => (_source, _deleted) = (source, deleted);

    /// <inheritdoc cref="RecordSource{T}.Json"/>
    public SourceStream<Change<T>> Json() => Format(new JsonRecordFormat<T>());

    /// <inheritdoc cref="RecordSource{T}.Csv"/>
    public SourceStream<Change<T>> Csv(CsvOptions? options = null) => Format(new CsvRecordFormat<T>(options));

    /// <inheritdoc cref="RecordSource{T}.Format"/>
    public SourceStream<Change<T>> Format(RecordFormat<T> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return _source.Format(new ChangelogFormat<T>(format, _deleted));
    }
}
