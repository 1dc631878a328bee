using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Formats;

/// <summary>A record that System.Text.Json must handle in the same way.</summary>
[StreamRecord]
public sealed record Oracle(
    bool Bool,
    sbyte SByte,
    short Short,
    int Int,
    long Long,
    byte Byte,
    ushort UShort,
    uint UInt,
    ulong ULong,
    float Float,
    double Double,
    decimal Decimal,
    string? String,
    Guid Guid,
    DateTimeOffset At,
    TimeSpan Span,
    DayOfWeek Day,
    int? MaybeInt,
    byte[]? Bytes,
    int[]? Ints,
    List<string?>? Strings,
    OracleLine?[]? Lines);

/// <summary>Few members, so that a random change of the text often hits one.</summary>
[StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
public sealed record SmallOracle(int A, bool C, decimal G, string? B = null, double? D = null, List<int>? E = null, SmallOracle.Part? F = null)
{
    [StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
    public sealed record Part(long X, string?[]? Y = null);
}

[StreamRecord]
public sealed record OracleLine(string? Sku, int Count, double? Price);
