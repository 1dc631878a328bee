using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Appends rows to a file, one a line.</summary>
internal sealed class LineFileSink<T>(string path, LineSerializer<T> serializer) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new LineFileWriter<T>(Path.GetFullPath(path), serializer, context);
}
