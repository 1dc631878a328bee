using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Files in a folder as a sink.</summary>
internal sealed class RollingFileSink<T>(FileSinkOptions options, RecordFormat<T> format, ISinkFiles? files = null) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RollingFileWriter<T>(files ?? DiskFiles.Instance, options, format, context);
}
