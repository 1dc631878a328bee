using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>Writes rows as JSON texts. Allocates nothing after the first row. Used by one thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class JsonRowWriter<T> : IDisposable
{
    private static readonly JsonFormat<T> Format = JsonFormat<T>.Instance;

    // Does not escape letters of any language: the text is not for HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _writer = new(Stream.Null, Options);

    /// <summary>Writes a row, on one line and without a line break after it.</summary>
    public void Write(IBufferWriter<byte> output, in T row)
    {
        _writer.Reset(output);
        Format.Write(_writer, row);
        _writer.Flush();
    }

    /// <summary>Frees the writer's buffer.</summary>
    public void Dispose() => _writer.Dispose();
}
