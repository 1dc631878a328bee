using System.Buffers;
using QueryStream.Connectors.Kafka.Sink.Transactions;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>Serializes a row to a Kafka record. Called once per row, by one thread per subtask. It should not allocate.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="record">Receives the record.</param>
public delegate void KafkaSerializer<T>(in T row, KafkaRecordBuilder record);

/// <summary>Buffers for one record at a time, reused for the next one. They grow to the size of the largest record and stay.</summary>
public sealed class KafkaRecordBuilder
{
    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly ArrayBufferWriter<byte> _value = new(4096);
    private readonly ArrayBufferWriter<byte> _headers = new();

    /// <summary>The key. A record without a key goes to any partition.</summary>
    public IBufferWriter<byte> Key => _key;

    /// <summary>The value.</summary>
    public IBufferWriter<byte> Value => _value;

    /// <summary>Whether the value is null (a tombstone), so that a compacted topic deletes the key.</summary>
    public bool IsTombstone { get; set; }

    /// <summary>The record's timestamp; null: the current time. Records with an explicit timestamp are sent one by one, which is slower.</summary>
    public EventTime? Timestamp { get; set; }

    /// <summary>The number of partitions of the topic when the sink was opened, for custom partitioning. Set by the sink.</summary>
    public int PartitionCount { get; init; }

    /// <summary>
    /// The partition, from 0 to <see cref="PartitionCount"/> - 1; null: chosen by the key, as by Java's client. Any other number fails the sink.
    /// </summary>
    public int? Partition { get; set; }

    /// <summary>The headers added so far. Valid until the builder changes.</summary>
    public RecordHeaders Headers => new(EncodedHeaders.Instance, 0, _headers.WrittenSpan);

    /// <summary>Adds a header; several may have the same name. Records with headers are sent one by one, which is slower.</summary>
    /// <param name="name">The name. It must not contain a NUL character, at which librdkafka would cut it off.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False writes a null value.</param>
    /// <exception cref="ArgumentException">The name contains a NUL character.</exception>
    public void AddHeader(string name, ReadOnlySpan<byte> value, bool hasValue = true)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            string shown = name.Replace("\0", "\\0", StringComparison.Ordinal);
            throw new ArgumentException($"The header name '{shown}' contains a NUL character; remove it.", nameof(name));
        }

        HeaderEncoding.Write(_headers, name, value, hasValue);
    }

    internal ReadOnlySpan<byte> WrittenHeaders => _headers.WrittenSpan;

    internal ReadOnlySpan<byte> WrittenKey => _key.WrittenSpan;

    internal ReadOnlySpan<byte> WrittenValue => IsTombstone ? default : _value.WrittenSpan;

    /// <summary>Takes over a stored record.</summary>
    internal void Set(in CommittableRecord record)
    {
        Reset();
        _key.Write(record.Key);
        _value.Write(record.Value);
        _headers.Write(record.Headers);
        IsTombstone = !record.HasValue;
        Timestamp = record.Time;
        Partition = record.Partition == IKafkaProducer.AnyPartition ? null : record.Partition;
    }

    internal void Reset()
    {
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        _headers.ResetWrittenCount();
        IsTombstone = false;
        Timestamp = null;
        Partition = null;
    }
}
