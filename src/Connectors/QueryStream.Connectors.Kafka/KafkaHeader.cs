namespace QueryStream.Connectors.Kafka;

/// <summary>A header of a record. Valid as long as its record is.</summary>
public readonly ref struct KafkaHeader
{
    internal KafkaHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        Name = name;
        Value = value;
        HasValue = hasValue;
    }

    /// <summary>The name, as UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether there is a value: Kafka tells a null value from an empty one.</summary>
    public bool HasValue { get; }
}
