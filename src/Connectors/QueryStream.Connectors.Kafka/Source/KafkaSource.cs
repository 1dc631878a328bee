using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>A topic as a source.</summary>
internal sealed class KafkaSource<T>(KafkaSourceOptions options, Func<IRecordDecoder<T>> decoder) : ISource<T>
{
    public bool IsBounded => options.IsBounded;

    public ISourceReader<T> CreateReader(SourceContext context) => new KafkaSourceReader<T>(options, decoder(), context);
}
