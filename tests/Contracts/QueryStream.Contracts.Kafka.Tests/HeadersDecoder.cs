using System.Text;
using QueryStream.Connectors.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Takes the value of the last header 'trace', and of a record without one nothing.</summary>
internal sealed class HeadersDecoder : IRecordDecoder<string>
{
    public DecodeResult Decode(in KafkaRecord record, out string row)
    {
        bool isFound = record.Headers.TryGetLast("trace"u8, out KafkaHeader header);
        row = Encoding.UTF8.GetString(header.Value);
        return isFound ? DecodeResult.Ok : DecodeResult.Reject("no-trace", "");
    }
}
