using System.Buffers;
using System.Text.Unicode;
using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Files.Formats;

/// <summary>Lines of text.</summary>
internal sealed class TextLines : FileFormat<Text>
{
    public override string Extension => ".txt";

    public override IRecordFramer CreateFramer() => new LineFramer();

    public override IRecordReader<Text> CreateReader() => new Reader();

    public override IRecordWriter<Text> CreateWriter() => new Writer();

    private sealed class Reader : IRecordReader<Text>
    {
        private readonly TextArena _texts = new();

        public bool HasHeader => false;

        public RecordResult Read(ReadOnlySpan<byte> record, out Text row, out RecordProblem problem)
        {
            problem = default;
            row = default;
            if (!Utf8.IsValid(record))
            {
                problem = new RecordProblem("invalid-utf8", 0, "the line is not UTF-8");
                return RecordResult.Problem;
            }

            row = _texts.Add(record);
            return RecordResult.Row;
        }
    }

    private sealed class Writer : IRecordWriter<Text>
    {
        public void WriteHeader(IBufferWriter<byte> output)
        {
        }

        public void Write(in Text row, IBufferWriter<byte> output)
        {
            output.Write(row.Bytes);
            output.Write("\n"u8);
        }

        public void Dispose()
        {
        }
    }
}
