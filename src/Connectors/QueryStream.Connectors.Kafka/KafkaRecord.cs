using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// A record as it lies in the client's memory. It is valid during the call that it is given to, and no longer:
/// what is to stay must be copied.
/// </summary>
public readonly ref struct KafkaRecord
{
    /// <summary>Creates a record.</summary>
    public KafkaRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, EventTime timestamp, RecordPosition position)
    {
        Key = key;
        Value = value;
        HasValue = hasValue;
        Timestamp = timestamp;
        Position = position;
    }

    /// <summary>The key; empty where there is none.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether there is a value: Kafka tells a null value (a tombstone) from an empty one.</summary>
    public bool HasValue { get; }

    /// <summary>Kafka's own time of the record: that of the producer, or of the broker where the topic says so. <see cref="EventTime.MinValue"/> where it has none.</summary>
    public EventTime Timestamp { get; }

    /// <summary>Its headers.</summary>
    public KafkaHeaders Headers { get; init; }

    /// <summary>Partition and offset.</summary>
    public RecordPosition Position { get; }
}
