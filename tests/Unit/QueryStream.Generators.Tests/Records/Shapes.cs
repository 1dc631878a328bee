using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Records;

[StreamRecord]
public sealed record Everything
{
    public bool Bool { get; init; }

    public sbyte SByte { get; init; }

    public short Short { get; init; }

    public int Int { get; init; }

    public long Long { get; init; }

    public byte Byte { get; init; }

    public ushort UShort { get; init; }

    public uint UInt { get; init; }

    public ulong ULong { get; init; }

    public char Char { get; init; }

    public float Float { get; init; }

    public double Double { get; init; }

    public decimal Decimal { get; init; }

    public string? String { get; init; }

    public Text Text { get; init; } = Text.Empty;

    public byte[]? Bytes { get; init; }

    public Guid Guid { get; init; }

    public DateTime DateTime { get; init; }

    public DateTimeOffset DateTimeOffset { get; init; }

    public DateOnly DateOnly { get; init; }

    public TimeOnly TimeOnly { get; init; }

    public TimeSpan TimeSpan { get; init; }

    public EventTime EventTime { get; init; }

    public Unit Unit { get; init; }

    public Color Color { get; init; }

    public int? MaybeInt { get; init; }

    public Color? MaybeColor { get; init; }

    public (int, Text Name) Pair { get; init; } = (0, Text.Empty);

    public int[]? Array { get; init; }

    public List<string?>? List { get; init; }

    public IReadOnlyList<Point>? Points { get; init; }

    public ImmutableArray<int?> Immutable { get; init; } = [];

    public HashSet<string>? Set { get; init; }

    public Dictionary<string, Customer?>? Customers { get; init; }

    public IReadOnlyDictionary<Color, int>? Colors { get; init; }

    public Dictionary<Point, string>? Names { get; init; }

    public Point? MaybePoint { get; init; }

    public Customer? Customer { get; init; }

    public Outer<int>.Inner<string>? Nested { get; init; }
}

/// <summary>A record without required members.</summary>
[StreamRecord]
public sealed record Loose(
    int Int = 0, IReadOnlyList<Point>? Points = null, DateTimeOffset DateTimeOffset = default, DateTime DateTime = default,
    EventTime EventTime = default);

public enum Color : byte
{
    None,
    DarkRed,

    [JsonName("blue!")]
    Blue,
}

[StreamRecord]
public readonly record struct Point(int X, int Y);

[StreamRecord]
public sealed record Customer(
    Text Id, string Name = "nobody", int Level = 3, double Factor = 1.5, Color Color = Color.DarkRed, decimal Rate = 0.10m, char Grade = 'c',
    long? Limit = 7);

/// <summary>A struct with fields, one of which has a name that is a keyword.</summary>
[StreamRecord]
public struct Measured
{
    public long @long;
    public double Value;
    public readonly double Twice => Value * 2;
}

/// <summary>A class with a constructor, a setter, a computed property and a base class.</summary>
[StreamRecord]
public class Account : Entity
{
    public Account(string id, int level) => (Id, Level) = (id, level);

    public string Id { get; }

    public int Level { get; set; }

    public required Text Owner { get; init; }

    public string Shown => $"{Id}/{Level}";

    public override string? Note { get; set; }
}

public abstract class Entity
{
    public long Version { get; set; }

    public virtual string? Note { get; set; }
}

public sealed class DerivedAccount : Account
{
    [SetsRequiredMembers]
    public DerivedAccount()
        : base("derived", 1)
    {
        Owner = default;
    }
}

[StreamRecord]
public sealed record Empty;

[StreamRecord]
public readonly record struct EmptyStruct;

[StreamRecord]
public sealed record Holder(List<EmptyStruct> Empties, Empty? Empty);

[StreamRecord]
public sealed record Pair<TFirst, TSecond>(TFirst First, TSecond Second)
    where TSecond : notnull;

public static class Outer<T>
{
    [StreamRecord]
    public sealed record Inner<TOther>(T? Mine, TOther? Other, Pair<TOther?, int> Both)
        where TOther : class;
}

[StreamRecord]
internal sealed record Hidden(int Value);

[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
public sealed record Snake(int UserId, [JsonName("$id")] int OtherId, string? HTTPStatusCode, int Value2Go);

[StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
public sealed record AsDeclared(int UserId, int userId);

[StreamRecord]
public sealed record Vietnamese(string Tên, [JsonName("năm học \"hai\"")] int Năm);

/// <summary>Two names that differ only in case.</summary>
[StreamRecord]
public sealed record SHADOW(int Value);

[StreamRecord]
public sealed record Shadow(int Value);

[StreamRecord]
public readonly record struct OrderKey(Text Shop, int Number, DateTimeOffset? At, Point Place);

[StreamRecord]
public sealed record ClassKey(string? Name, Text Id);

[StreamRecord]
public sealed record Doubles(double Value, decimal Exact);
