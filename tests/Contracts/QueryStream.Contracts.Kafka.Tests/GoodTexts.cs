using System.Text;
using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Any text but those that begin with 'bad'.</summary>
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
