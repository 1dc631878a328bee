using System.Text;
using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>A format of texts that rejects those that begin with 'bad'.</summary>
internal sealed class GoodTexts : RecordFormat<string>
{
    public override RecordDecoder<string> CreateDecoder() => new Decoder();

    private sealed class Decoder : RecordDecoder<string>
    {
        protected override DecodeResult Read(in SourceRecord record)
        {
            string row = Encoding.UTF8.GetString(record.Value);
            Add(row);
            return row.StartsWith("bad", StringComparison.Ordinal) ? DecodeResult.Reject("bad-text", $"it says {row}") : DecodeResult.Ok;
        }
    }
}

/// <summary>A format whose rows are the values of the last header 'trace'. It rejects records without one.</summary>
internal sealed class TraceFormat : RecordFormat<string>
{
    public override RecordDecoder<string> CreateDecoder() => new Decoder();

    private sealed class Decoder : RecordDecoder<string>
    {
        protected override DecodeResult Read(in SourceRecord record)
        {
            bool isFound = record.Headers.TryGetLast("trace"u8, out RecordHeader header);
            Add(Encoding.UTF8.GetString(header.Value));
            return isFound ? DecodeResult.Ok : DecodeResult.Reject("no-trace", "");
        }
    }
}
