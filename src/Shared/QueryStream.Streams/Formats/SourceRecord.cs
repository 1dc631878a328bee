using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Formats;

/// <summary>A record in the memory of its connector. Valid during the call: copy what must be kept.</summary>
public readonly ref struct SourceRecord
{
    /// <summary>Creates a record.</summary>
    public SourceRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, EventTime timestamp, RecordPosition position)
    {
        Key = key;
        Value = value;
        HasValue = hasValue;
        Timestamp = timestamp;
        Position = position;
    }

    /// <summary>The key; empty if there is none.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty if there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether there is a value: Kafka distinguishes a null value (a tombstone) from an empty one.</summary>
    public bool HasValue { get; }

    /// <summary>
    /// The record's timestamp: from its producer or broker, or for a line the modification time of its file. <see cref="EventTime.MinValue"/> if it
    /// has none.
    /// </summary>
    public EventTime Timestamp { get; }

    /// <summary>The headers; empty if the connector has none.</summary>
    public RecordHeaders Headers { get; init; }

    /// <summary>Partition and offset.</summary>
    public RecordPosition Position { get; }
}
