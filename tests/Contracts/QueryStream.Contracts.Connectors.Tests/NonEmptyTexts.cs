using System.Text;
using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>A format of texts that rejects empty ones.</summary>
internal sealed class NonEmptyTexts : RecordFormat<string>
{
    public override RecordDecoder<string> CreateDecoder() => new Decoder();

    private sealed class Decoder : RecordDecoder<string>
    {
        protected override DecodeResult Read(in SourceRecord record)
        {
            Add(Encoding.UTF8.GetString(record.Value));
            return record.Value.IsEmpty ? DecodeResult.Reject("empty", "") : DecodeResult.Ok;
        }
    }
}
