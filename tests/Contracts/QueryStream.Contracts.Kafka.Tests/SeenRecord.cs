using QueryStream.Core.Time;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>A copy of a record.</summary>
public sealed record SeenRecord(int Partition, long Offset, string Key, string? Value, EventTime Timestamp)
{
    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];
}
