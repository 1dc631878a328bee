using QueryStream.Streams;

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
