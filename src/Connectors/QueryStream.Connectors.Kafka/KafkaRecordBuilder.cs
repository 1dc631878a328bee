using System.Buffers;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>Makes the Kafka record of a row. Called on one thread a subtask, once a row; it should allocate nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row.</param>
/// <param name="record">Takes the record's bytes.</param>
public delegate void KafkaSerializer<T>(in T row, KafkaRecordBuilder record);

/// <summary>Takes the bytes of one record after the other. Its buffers grow to the largest record and stay.</summary>
public sealed class KafkaRecordBuilder
{
    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly ArrayBufferWriter<byte> _value = new(4096);
    private readonly ArrayBufferWriter<byte> _headers = new();

    /// <summary>Takes the key; a record without one goes to any partition.</summary>
    public IBufferWriter<byte> Key => _key;

    /// <summary>Takes the value.</summary>
    public IBufferWriter<byte> Value => _value;

    /// <summary>Writes a null value, a tombstone: a compacted topic forgets the key.</summary>
    public bool IsTombstone { get; set; }

    /// <summary>The record's time; null: the clock. Records with times of their own are sent one by one, which is slower.</summary>
    public EventTime? Timestamp { get; set; }

    /// <summary>How many partitions the topic had when the sink was opened: for a partitioning of one's own. A sink sets it.</summary>
    public int PartitionCount { get; init; }

    /// <summary>
    /// The partition, from 0 to below <see cref="PartitionCount"/>; null: by the key, the same that Java's client chooses. A sink fails on
    /// any other number.
    /// </summary>
    public int? Partition { get; set; }

    /// <summary>The headers added so far. Valid until the builder is changed.</summary>
    public RecordHeaders Headers => new(EncodedHeaders.Instance, 0, _headers.WrittenSpan);

    /// <summary>Adds a header, also where there is one of that name. Records with headers are sent one by one, which is slower.</summary>
    /// <param name="name">The name, without a zero character: librdkafka would end it there.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False writes a null value.</param>
    /// <exception cref="ArgumentException">The name has a zero character.</exception>
    public void AddHeader(string name, ReadOnlySpan<byte> value, bool hasValue = true)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            string shown = name.Replace("\0", "\\0", StringComparison.Ordinal);
            throw new ArgumentException($"The header's name '{shown}' has a zero character.", nameof(name));
        }

        HeaderEncoding.Write(_headers, name, value, hasValue);
    }

    internal ReadOnlySpan<byte> WrittenHeaders => _headers.WrittenSpan;

    internal ReadOnlySpan<byte> WrittenKey => _key.WrittenSpan;

    internal ReadOnlySpan<byte> WrittenValue => IsTombstone ? default : _value.WrittenSpan;

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
