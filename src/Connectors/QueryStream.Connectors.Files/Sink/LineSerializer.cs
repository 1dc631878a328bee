using System.Buffers;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Makes the line of a row, without its end.</summary>
internal delegate void LineSerializer<T>(in T row, IBufferWriter<byte> line);
