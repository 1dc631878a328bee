namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>A record that is handed to librdkafka by itself.</summary>
internal readonly ref struct NativeRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
{
    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Value { get; } = hasValue ? value : default;

    public bool HasValue { get; } = hasValue;

    public required int Partition { get; init; }

    /// <summary>Its time in milliseconds; 0: the clock.</summary>
    public required long Time { get; init; }

    /// <summary>An rd_kafka_headers_t; 0: none.</summary>
    public nint Headers { get; init; }

    public int HeaderBytes { get; init; }
}
