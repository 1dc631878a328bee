using System.Buffers;
using QueryStream.Core.Errors;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Formats;

/// <summary>JSON: a record is one value, read and written by generated code.</summary>
/// <typeparam name="T">The rows: <c>[StreamRecord]</c> types, and all other types with a <see cref="JsonFormat{T}"/>.</typeparam>
public sealed class JsonRecordFormat<T> : RecordFormat<T>
{
    /// <summary>Creates the format.</summary>
    /// <exception cref="JobDefinitionException">The type has no JSON format.</exception>
    public JsonRecordFormat() => JsonFormat<T>.Check();

    /// <inheritdoc/>
    public override string FileExtension => ".jsonl";

    /// <inheritdoc/>
    public override RecordDecoder<T> CreateDecoder() => new Decoder();

    /// <inheritdoc/>
    public override RecordEncoder<T> CreateEncoder() => new Encoder();

    private sealed class Decoder : RecordDecoder<T>
    {
        private readonly JsonRowReader<T> _json = new();

        public override bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

        protected override DecodeResult Read(in SourceRecord record)
        {
            if (_json.TryRead(record.Value, out T row, out JsonProblem problem))
            {
                Add(row);
                return DecodeResult.Ok;
            }

            return problem.ToResult();
        }
    }

    private sealed class Encoder : RecordEncoder<T>
    {
        private readonly JsonRowWriter<T> _json = new();

        public override void Encode(in T row, IBufferWriter<byte> output) => _json.Write(output, row);

        public override void Dispose()
        {
            _json.Dispose();
            base.Dispose();
        }
    }
}
