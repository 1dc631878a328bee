using QueryStream.Core.Texts;
using QueryStream.Streams;

namespace QueryStream.Generators.Tests.Records;

/// <summary>The types of a job in an older version.</summary>
public static class Before
{
    [StreamRecord]
    public sealed record Order(long Id, Text Customer, List<Line> Lines, Status Status, Address? Home, Dictionary<string, Line> ByName);

    [StreamRecord]
    public readonly record struct Line(int Sku, decimal Price, byte[]? Photo, DateTimeOffset At);

    [StreamRecord]
    public sealed record Address(string City, string Street);

    public enum Status
    {
        Open,
        Paid,
    }
}

/// <summary>The same types in a newer version: members are added, removed and reordered.</summary>
public static class After
{
    [StreamRecord]
    public sealed record Order(Address? Home, List<Line> Lines, Text Customer, State Status, long Id, int Priority = 5, string? Note = null)
    {
        public Dictionary<string, Line>? ByName { get; init; }

        public Address? Office { get; init; }
    }

    [StreamRecord]
    public readonly record struct Line(decimal Price, int Sku, int Count);

    [StreamRecord]
    public sealed record Address(string City, string? Country);

    public enum State : long
    {
        New,
        Done,
        Returned,
    }
}

/// <summary>The same types with changes that cannot be read.</summary>
public static class Wrong
{
    [StreamRecord]
    public sealed record Order(long Id, List<Line> Lines);

    [StreamRecord]
    public readonly record struct Line(int Sku, double Price);

    [StreamRecord]
    public readonly record struct StructOrder(long Id);
}
