using System.Buffers;
using QueryStream.Streams.Records;

namespace QueryStream.Connectors.Files.Formats;

/// <summary>A JSON value a line.</summary>
internal sealed class JsonLines<T> : FileFormat<T>
{
    public JsonLines() => JsonFormat<T>.Check();

    public override string Extension => ".jsonl";

    public override IRecordFramer CreateFramer() => new LineFramer();

    public override IRecordReader<T> CreateReader() => new Reader();

    public override IRecordWriter<T> CreateWriter() => new Writer();

    private sealed class Reader : IRecordReader<T>
    {
        private readonly JsonRowReader<T> _json = new();

        public bool HasHeader => false;

        public RecordResult Read(ReadOnlySpan<byte> record, out T row, out RecordProblem problem)
        {
            problem = default;
            if (record.Trim(" \t\r"u8).IsEmpty)
            {
                row = default!;
                return RecordResult.Nothing;
            }

            if (_json.TryRead(record, out row, out JsonProblem json))
            {
                return RecordResult.Row;
            }

            string detail = json.Member is { Length: > 0 } member ? $"{member} {json.Detail}" : json.Detail;
            problem = new RecordProblem(json.Reason, (int)json.Position, detail);
            return RecordResult.Problem;
        }
    }

    private sealed class Writer : IRecordWriter<T>
    {
        private readonly JsonRowWriter<T> _json = new();

        public void WriteHeader(IBufferWriter<byte> output)
        {
        }

        public void Write(in T row, IBufferWriter<byte> output)
        {
            _json.Write(output, row);
            output.Write("\n"u8);
        }

        public void Dispose() => _json.Dispose();
    }
}
