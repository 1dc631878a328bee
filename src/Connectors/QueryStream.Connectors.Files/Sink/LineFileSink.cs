using System.Buffers;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Writes the line of a row, without the line break.</summary>
internal delegate void LineSerializer<T>(in T row, IBufferWriter<byte> line);

/// <summary>Appends rows to a file, one per line.</summary>
internal sealed class LineFileSink<T>(string path, LineSerializer<T> serializer) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new LineFileWriter<T>(Path.GetFullPath(path), serializer, context);
}
