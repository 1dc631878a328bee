using System.Text;
using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The value of the last header 'trace'; a record without one is refused.</summary>
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
