using System.Text;
using QueryStream.Connectors.Kafka;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>Texts; an empty one is no row.</summary>
internal sealed class NonEmptyDecoder : IRecordDecoder<string>
{
    public DecodeResult Decode(in KafkaRecord record, out string row)
    {
        row = Encoding.UTF8.GetString(record.Value);
        return row.Length > 0 ? DecodeResult.Ok : DecodeResult.Reject("empty", "");
    }
}
