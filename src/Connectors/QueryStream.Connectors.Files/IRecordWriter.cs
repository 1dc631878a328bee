using System.Buffers;

namespace QueryStream.Connectors.Files;

/// <summary>Writes the rows of one subtask as records. Used by one thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
public interface IRecordWriter<T> : IDisposable
{
    /// <summary>Writes what each file begins with, with its line end; nothing for most formats.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Writes a row, with its line end.</summary>
    void Write(in T row, IBufferWriter<byte> output);
}
