using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>A topic as a sink.</summary>
internal sealed class KafkaSink<T>(KafkaSinkOptions options, Func<KafkaEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new KafkaSinkWriter<T>(options, encoder(), context);
}

/// <summary>Makes the records of one subtask: all of a record by a function of the job, or the value by a format and the key by a function.</summary>
internal sealed class KafkaEncoder<T>(KafkaSerializer<T>? serializer, RecordKey<T>? key, RecordEncoder<T>? value) : IDisposable
{
    public void Encode(in T row, KafkaRecordBuilder record)
    {
        if (serializer is not null)
        {
            serializer(row, record);
            return;
        }

        key?.TryWrite(row, record.Key);
        value!.Encode(row, record.Value);
    }

    public void Dispose() => value?.Dispose();
}
