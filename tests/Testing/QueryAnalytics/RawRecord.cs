namespace QueryStream.Testing.QueryAnalytics;

/// <summary>A record as it was produced.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its position in the partition.</param>
/// <param name="Timestamp">Its Kafka timestamp, in milliseconds since 1970.</param>
/// <param name="Value">Its value; null: a tombstone.</param>
public sealed record RawRecord(int Partition, long Offset, long Timestamp, byte[]? Value);
