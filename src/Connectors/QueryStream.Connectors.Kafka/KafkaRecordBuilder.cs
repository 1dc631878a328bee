using System.Buffers;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>Takes the bytes of one record after the other. Its buffers grow to the largest record and stay.</summary>
public sealed class KafkaRecordBuilder
{
    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly ArrayBufferWriter<byte> _value = new(4096);

    /// <summary>Takes the key; a record without one goes to any partition.</summary>
    public IBufferWriter<byte> Key => _key;

    /// <summary>Takes the value.</summary>
    public IBufferWriter<byte> Value => _value;

    /// <summary>Writes a null value, a tombstone: a compacted topic forgets the key.</summary>
    public bool IsTombstone { get; set; }

    /// <summary>The record's time; null: the clock. Records with times of their own are sent one by one, which is slower.</summary>
    public EventTime? Timestamp { get; set; }

    /// <summary>The partition; null: by the key, the same that Java's client chooses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? Partition
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value ?? 0, nameof(value));
            field = value;
        }
    }

    internal ReadOnlySpan<byte> WrittenKey => _key.WrittenSpan;

    internal ReadOnlySpan<byte> WrittenValue => IsTombstone ? default : _value.WrittenSpan;

    internal void Reset()
    {
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        IsTombstone = false;
        Timestamp = null;
        Partition = null;
    }
}
