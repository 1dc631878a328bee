using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>A topic as a source.</summary>
internal sealed class KafkaSource<T>(KafkaSourceOptions options, RecordFormat<T> format) : ISource<T>
{
    public bool IsBounded => options.IsBounded;

    public ISourceReader<T> CreateReader(SourceContext context) => new KafkaSourceReader<T>(options, format.CreateDecoder(), context);
}
