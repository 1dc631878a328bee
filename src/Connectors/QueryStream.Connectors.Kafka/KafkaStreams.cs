using System.Text;
using QueryStream.Connectors.Kafka.Sink;
using QueryStream.Connectors.Kafka.Source;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka;

/// <summary>Kafka in jobs.</summary>
public static class KafkaStreams
{
    /// <summary>
    /// Reads a topic. Partition by partition in order; each partition is a split with a watermark of its own. Records that cannot become
    /// rows are dead letters: <c>null-value</c>, <c>record-too-large</c>, <c>time-out-of-range</c>, <c>unreadable</c> (damaged on its
    /// way), <c>unreadable-headers</c> where the decoder asks for headers, and the reasons of the decoder.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name; people see it as <c>Source: name</c>.</param>
    /// <param name="options">What to read.</param>
    /// <param name="decoder">Makes the decoder of one subtask.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static SourceStream<T> Kafka<T>(this StreamBuilder job, string name, KafkaSourceOptions options, Func<IRecordDecoder<T>> decoder)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(options);
        return job.Source(name, new KafkaSource<T>(options.Validate(name), decoder));
    }

    /// <summary>
    /// Writes rows to a topic, at least once: a record is repeated until the cluster has it, and what was written since the last
    /// restart may be written again. Records of equal keys keep their order.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name; people see it as <c>Sink: name</c>.</param>
    /// <param name="options">Where to write.</param>
    /// <param name="serializer">Makes the record of a row.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static void ToKafka<T>(this Stream<T> stream, string name, KafkaSinkOptions options, KafkaSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        stream.To(name, new KafkaSink<T>(options.Validate(name), serializer));
    }

    /// <summary>
    /// Writes dead letters to a topic. The record's key is <c>topic-partition</c>, so that those of one partition keep their order; its
    /// value a JSON object: <c>topic</c>, <c>partition</c>, <c>offset</c>, <c>reason</c>, <c>detail</c>, and the refused value as
    /// <c>value</c> where it is UTF-8 text, else as <c>value_base64</c>; <c>"value":null</c> where it had none.
    /// </summary>
    /// <param name="stream">The dead letters.</param>
    /// <param name="name">The sink's name; people see it as <c>Sink: name</c>.</param>
    /// <param name="options">Where to write.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static void ToKafka(this Stream<DeadLetter> stream, string name, KafkaSinkOptions options) =>
        stream.ToKafka(name, options, static (in letter, record) =>
        {
            Encoding.UTF8.GetBytes($"{letter.Topic}-{letter.Partition}", record.Key);
            DeadLetterJson.Write(letter, record.Value);
        });
}
