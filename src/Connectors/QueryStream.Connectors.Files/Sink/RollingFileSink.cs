using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Files in a folder as a sink.</summary>
internal sealed class RollingFileSink<T>(FileSinkOptions options, RecordFormat<T> format) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RollingFileWriter<T>(options, format, context);
}
