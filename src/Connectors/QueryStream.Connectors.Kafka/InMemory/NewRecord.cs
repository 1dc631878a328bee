namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>A record that is to be kept: its bytes are copied.</summary>
internal readonly ref struct NewRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, long timestamp)
{
    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool HasValue { get; } = hasValue;

    public long Timestamp { get; } = timestamp;

    /// <summary>As <see cref="HeaderEncoding"/> writes them.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }

    public int Size => Key.Length + Value.Length + Headers.Length;
}
