using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A record with a required member.</summary>
[StreamRecord]
public sealed record Needed
{
    public required int Id { get; init; }

    public string? Name { get; init; }
}

/// <summary>A record of one column.</summary>
[StreamRecord]
public sealed record Only(string? Name);

/// <summary>A record with a nested member.</summary>
[StreamRecord]
public sealed record Basket(int Id, List<int> Items);

/// <summary>A flat record with every kind of column.</summary>
[StreamRecord]
public sealed record Order(
    int Id,
    [JsonName("customer name")] string? Customer,
    Text? Note,
    decimal? Price,
    double Weight,
    bool IsPaid,
    OrderStatus Status,
    DateTimeOffset At,
    EventTime Seen,
    byte[]? Data);

public enum OrderStatus
{
    Open,
    Sent,
}

/// <summary>A record without required members.</summary>
[StreamRecord]
public sealed record Payment(long Card, decimal Amount, DateTimeOffset At);
