using System.Text;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Formats;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

/// <summary>Decodes values that tests write as text.</summary>
internal static class Decoding
{
    public const long RecordTime = 1_765_279_800_000;

    public static readonly RecordPosition Position = new(3, 77);

    public static (DecodeResult Result, Query Row) Decode(string json) => Decode(Encoding.UTF8.GetBytes(json));

    public static (DecodeResult Result, Query Row) Decode(ReadOnlySpan<byte> value) => Decode(new QueryDecoder(), value, RecordTime);

    public static (DecodeResult Result, Query Row) Decode(QueryDecoder decoder, ReadOnlySpan<byte> value, long recordTime)
    {
        SourceRecord record = new([], value, hasValue: true, new EventTime(recordTime), Position);
        DecodeResult result = decoder.Decode(record, out ReadOnlySpan<Query> rows);
        return (result, result.IsOk ? rows[0] : default);
    }

    public static Query Good(string json)
    {
        (DecodeResult result, Query row) = Decode(json);
        Assert.True(result.IsOk, $"{result.Reason}: {result.Detail}");
        return row;
    }
}
