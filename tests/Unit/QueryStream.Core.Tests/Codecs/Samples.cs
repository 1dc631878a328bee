using System.Collections.Immutable;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>A value of each built-in type, and edge cases.</summary>
internal static class Samples
{
    private static readonly DateTime Noon = new(2025, 12, 9, 11, 30, 0, DateTimeKind.Unspecified);

    public static readonly ImmutableArray<Sample> All =
    [
        Sample.Of("unit", default(Unit)),
        Sample.Of("bool true", true),
        Sample.Of("bool false", false),
        Sample.Of("sbyte least", sbyte.MinValue),
        Sample.Of("short -300", (short)-300),
        Sample.Of("int 0", 0),
        Sample.Of("int -1", -1),
        Sample.Of("int least", int.MinValue),
        Sample.Of("long most", long.MaxValue),
        Sample.Of("long least", long.MinValue),
        Sample.Of("byte 200", (byte)200),
        Sample.Of("ushort most", ushort.MaxValue),
        Sample.Of("uint most", uint.MaxValue),
        Sample.Of("ulong most", ulong.MaxValue),
        Sample.Of("char half a pair", '\uD83D'),
        Sample.Of("float -0.0", -0.0f),
        Sample.Of("float 0.1", 0.1f),
        Sample.Of("float NaN", BitConverter.UInt32BitsToSingle(0xFFC00000)),
        Sample.Of("double -0.0", -0.0),
        Sample.Of("double 0.0", 0.0),
        Sample.Of("double 0.1", 0.1),
        Sample.Of("double NaN", BitConverter.UInt64BitsToDouble(0xFFF8000000000000)),
        Sample.Of("double NaN with a payload", BitConverter.UInt64BitsToDouble(0x7FF8000000000123)),
        Sample.Of("double infinite", double.NegativeInfinity),
        Sample.Of("decimal 1.0", 1.0m),
        Sample.Of("decimal 1.00", 1.00m),
        Sample.Of("decimal most", decimal.MaxValue),
        Sample.Of("decimal -0.0", new decimal(0, 0, 0, true, 1)),
        Sample.Of("decimal smallest", -0.0000000000000000000000000001m),
        Sample.Of("string null", (string?)null),
        Sample.Of("string empty", ""),
        Sample.Of("string Vietnamese", "Sinh viên năm nhất"),
        Sample.Of("string pair", "a\uD83D\uDE00b"),
        Sample.Of("string half a pair", "a\uD83Db"),
        Sample.Of("text missing", default(Text)),
        Sample.Of("text empty", Text.Empty),
        Sample.Of("text Vietnamese", Text.From("Sinh viên năm nhất")),
        Sample.Of("bytes null", (byte[]?)null),
        Sample.Of("bytes", new byte[] { 0, 1, 255 }),
        Sample.Of("guid", new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        Sample.Of("event time", new EventTime(1_765_279_800_000)),
        Sample.Of("event time least", EventTime.MinValue),
        Sample.Of("date and time", Noon),
        Sample.Of("date and time UTC", DateTime.SpecifyKind(Noon, DateTimeKind.Utc)),
        Sample.Of("date and time local", DateTime.SpecifyKind(Noon, DateTimeKind.Local)),
        Sample.Of("date and time last", DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Local)),
        Sample.Of("date and time with offset", new DateTimeOffset(Noon, TimeSpan.FromHours(7))),
        Sample.Of("date and time with offset first", DateTimeOffset.MinValue),
        Sample.Of("duration", TimeSpan.FromMilliseconds(-1.5)),
        Sample.Of("date", new DateOnly(2025, 12, 9)),
        Sample.Of("time of day", new TimeOnly(11, 30, 0, 1)),
        Sample.Of("enum", DayOfWeek.Friday),
        Sample.Of("enum of bytes", Tiny.Below),
        Sample.Of("enum of ulong", Huge.Largest),
        Sample.Of("nullable none", (int?)null),
        Sample.Of("nullable", (int?)7),
        Sample.Of("nullable of unit", (Unit?)default(Unit)),
        Sample.Of("tuple of 1", ValueTuple.Create(7)),
        Sample.Of("tuple of 2", ("abc", 7)),
        Sample.Of("tuple of 3", (1, 2L, true)),
        Sample.Of("tuple of 4", (1, 2, 3, 4)),
        Sample.Of("tuple of 5", (1, 2, 3, 4, 5)),
        Sample.Of("tuple of 6", (1, 2, 3, 4, 5, 6)),
        Sample.Of("tuple of 7", (1, 2, 3, 4, 5, 6, "seven")),
        Sample.Of("array null", (int[]?)null),
        Sample.Of("array empty", Array.Empty<int>()),
        Sample.Of("array", new[] { 1, -1, 300 }),
        Sample.Of("list", new List<string?> { "a", null, "" }),
        Sample.Of("list of units", new List<Unit> { default, default }),
        Sample.Of("read-only list", (IReadOnlyList<double>)[1.5, -0.0]),
        Sample.Of("immutable array", ImmutableArray.Create(1, 2)),
        Sample.Of("immutable array missing", default(ImmutableArray<int>)),
        Sample.Of("set", new HashSet<int> { 3, 1 }),
        Sample.Of("dictionary", new Dictionary<string, List<int?>?> { ["a"] = [1, null], ["b"] = null }),
        Sample.Of("dictionary of units", new Dictionary<Unit, Unit> { [default] = default }),
        Sample.Of("read-only dictionary", (IReadOnlyDictionary<int, bool>)new Dictionary<int, bool> { [1] = true }),
        Sample.Of("read-only dictionary sorted", (IReadOnlyDictionary<int, bool>)new SortedDictionary<int, bool> { [2] = true, [1] = false }),
        Sample.Of("nested", new List<(Text, Dictionary<int, (DateTimeOffset, decimal?)[]>)>
        {
            (Text.From("viê"),
                new Dictionary<int, (DateTimeOffset, decimal?)[]> { [1] = [(new DateTimeOffset(Noon, TimeSpan.Zero), 1.10m), default] }),
        }),
    ];

    public enum Tiny : sbyte
    {
        Below = -1,
    }

    public enum Huge : ulong
    {
        Largest = ulong.MaxValue,
    }
}
