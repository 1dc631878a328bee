using System.Text;
using QueryStream.Connectors.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Takes any text but "bad".</summary>
internal sealed class TextDecoder : IRecordDecoder<string>
{
    public DecodeResult Decode(in KafkaRecord record, out string row)
    {
        row = Encoding.UTF8.GetString(record.Value);
        return row.StartsWith("bad", StringComparison.Ordinal) ? DecodeResult.Reject("bad-text", $"it says {row}") : DecodeResult.Ok;
    }
}
