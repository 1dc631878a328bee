using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>A topic as a sink.</summary>
internal sealed class KafkaSink<T>(KafkaSinkOptions options, KafkaSerializer<T> serializer) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new KafkaSinkWriter<T>(options, serializer, context);
}
