using System.Runtime.CompilerServices;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>
/// Some records of a partition, one behind the other. One thread at a time appends; any number read at the same time: what lies before
/// <see cref="Count"/> never changes, and once there is a <see cref="Next"/>, neither does the count.
/// </summary>
internal sealed class Chunk(long firstOffset, int bytes, int records)
{
    private readonly byte[] _bytes = new byte[bytes];
    private readonly Entry[] _entries = new Entry[records];
    private int _used;

    // Published last, so that whoever sees the count sees the records.
    private int _count;
    private Chunk? _next;

    public long FirstOffset { get; } = firstOffset;

    /// <summary>The memory it takes, whether used or not.</summary>
    public int Bytes => _bytes.Length + (_entries.Length * Unsafe.SizeOf<Entry>());

    public int Count => Volatile.Read(ref _count);

    public long EndOffset => FirstOffset + Count;

    public Chunk? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The time of the record at that index.</summary>
    public long TimestampOf(int index) => _entries[index].Timestamp;

    public bool TryAppend(in NewRecord record)
    {
        if (_count == _entries.Length || _used + record.Size > _bytes.Length)
        {
            return false;
        }

        _entries[_count] = new Entry(_used, record.Key.Length, record.HasValue ? record.Value.Length : -1, record.Headers.Length, record.Timestamp);
        Span<byte> place = _bytes.AsSpan(_used, record.Size);
        record.Key.CopyTo(place);
        record.Value.CopyTo(place[record.Key.Length..]);
        record.Headers.CopyTo(place[(record.Key.Length + record.Value.Length)..]);
        _used += record.Size;
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    public SourceRecord Read(int partition, int index)
    {
        Entry entry = _entries[index];
        int valueLength = Math.Max(0, entry.ValueLength);
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(entry.Start, entry.KeyLength + valueLength + entry.HeadersLength);
        return new SourceRecord(
            bytes[..entry.KeyLength],
            bytes.Slice(entry.KeyLength, valueLength),
            entry.ValueLength >= 0,
            new Core.Time.EventTime(entry.Timestamp),
            new Core.Identity.RecordPosition(partition, FirstOffset + index))
        {
            Headers = new RecordHeaders(EncodedHeaders.Instance, 0, bytes[(entry.KeyLength + valueLength)..]),
        };
    }

    private readonly record struct Entry(int Start, int KeyLength, int ValueLength, int HeadersLength, long Timestamp);
}
