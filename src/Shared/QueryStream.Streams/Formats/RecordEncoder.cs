using System.Buffers;

namespace QueryStream.Streams.Formats;

/// <summary>Encodes rows as records. Used by one thread; should allocate nothing after the first row.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordEncoder<T> : IDisposable
{
    /// <summary>Writes a row, without a line end.</summary>
    public abstract void Encode(in T row, IBufferWriter<byte> output);

    /// <summary>Writes the header of a file, without a line end. Called if <see cref="RecordFormat{T}.HasHeader"/> is true.</summary>
    public virtual void EncodeHeader(IBufferWriter<byte> output)
    {
    }

    /// <summary>Frees buffers. Called once, after the last row.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
