using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A flat record of every kind of column.</summary>
[StreamRecord]
public sealed record Order(
    int Id, [JsonName("customer name")] string? Customer, Text? Note, decimal? Price, double Weight, bool IsPaid, OrderStatus Status, DateTimeOffset At, EventTime Seen, byte[]? Data);
