using System.Runtime.CompilerServices;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>The records of one partition. Thread-safe.</summary>
internal sealed class PartitionLog(int partition, long maxBytes)
{
    private const int ChunkBytes = 256 * 1024;
    private const int ChunkRecords = 2048;

    // The bytes of all chunks except the oldest, which is always kept, so that even a tiny limit leaves space for one chunk.
    private long _bytes;

    // Guards appends, retention and the list of readers. Reading needs no lock.
    private readonly Lock _lock = new();
    private readonly List<PartitionCursor> _readers = [];
    private Chunk _first = new(0, ChunkBytes, ChunkRecords);
    private Chunk? _last;

    // The first offset of each open transaction in this partition.
    private readonly Dictionary<InMemoryTransaction, long> _open = [];
    private long _lastStable = long.MaxValue;

    public int Partition { get; } = partition;

    public long Low
    {
        get
        {
            lock (_lock)
            {
                return _first.FirstOffset;
            }
        }
    }

    public long High
    {
        get
        {
            lock (_lock)
            {
                return Last.EndOffset;
            }
        }
    }

    /// <summary>
    /// The offset of the first record of an open transaction, where read-committed readers stop. Updated before such a record becomes visible.
    /// </summary>
    public long LastStable => Volatile.Read(ref _lastStable);

    /// <summary>Whether the limit is reached and no chunk can be dropped because readers still need it.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                Drop();
                return _bytes > maxBytes;
            }
        }
    }

    private Chunk Last => _last ?? _first;

    /// <summary>Appends a record, even if the partition is full.</summary>
    /// <param name="record">The record.</param>
    /// <param name="transaction">The open transaction that it belongs to.</param>
    public void Append(in NewRecord record, InMemoryTransaction? transaction = null)
    {
        lock (_lock)
        {
            if (transaction is not null && _open.TryAdd(transaction, Last.EndOffset))
            {
                Volatile.Write(ref _lastStable, _open.Values.Min());
            }

            AppendLast(record, transaction);
        }
    }

    /// <summary>Ends a committed or aborted transaction: appends its marker, as Kafka does, and lets readers continue.</summary>
    public void End(InMemoryTransaction transaction)
    {
        lock (_lock)
        {
            AppendLast(new NewRecord([], [], hasValue: false, 0), InMemoryTransaction.Marker);
            _open.Remove(transaction);
            Volatile.Write(ref _lastStable, _open.Count == 0 ? long.MaxValue : _open.Values.Min());
            Wake();
        }
    }

    /// <summary>Opens a cursor. If the offset does not exist, the cursor starts at the oldest record.</summary>
    public PartitionCursor Open(long offset, bool isReadCommitted, Action appended)
    {
        lock (_lock)
        {
            Chunk chunk = _first;
            bool exists = offset >= _first.FirstOffset && offset <= Last.EndOffset;
            long start = exists ? offset : _first.FirstOffset;
            while (chunk.Next is not null && start >= chunk.EndOffset)
            {
                chunk = chunk.Next;
            }

            PartitionCursor cursor = new(this, isReadCommitted, chunk, (int)(start - chunk.FirstOffset), appended);
            _readers.Add(cursor);
            return cursor;
        }
    }

    public void Close(PartitionCursor cursor)
    {
        lock (_lock)
        {
            _readers.Remove(cursor);
        }
    }

    /// <summary>The offset of the first record with this timestamp or a later one; null if there is none.</summary>
    public long? Find(long timestamp)
    {
        lock (_lock)
        {
            for (Chunk? chunk = _first; chunk is not null; chunk = chunk.Next)
            {
                for (int i = 0; i < chunk.Count; i++)
                {
                    if (chunk.TimestampOf(i) >= timestamp)
                    {
                        return chunk.FirstOffset + i;
                    }
                }
            }

            return null;
        }
    }

    private void AppendLast(in NewRecord record, InMemoryTransaction? transaction)
    {
        if (!Last.TryAppend(record, transaction))
        {
            Drop();
            Chunk chunk = new(Last.EndOffset, Math.Max(ChunkBytes, record.Size), ChunkRecords);
            chunk.TryAppend(record, transaction);
            _bytes += chunk.Bytes;
            Last.Next = chunk;
            _last = chunk;
        }

        Wake();
    }

    private void Wake()
    {
        foreach (PartitionCursor reader in _readers)
        {
            reader.OnAppended();
        }
    }

    // Drops chunks that all readers have passed. Without readers it drops the oldest, so that an unread topic does not fill the memory.
    private void Drop()
    {
        if (_bytes <= maxBytes)
        {
            return;
        }

        long needed = _readers.Count == 0 ? long.MaxValue : _readers.Min(reader => reader.Position);
        while (_bytes > maxBytes && _first.Next is not null && _first.EndOffset <= needed)
        {
            _first = _first.Next;
            _bytes -= _first.Bytes;
        }
    }
}

/// <summary>
/// A run of consecutive records of a partition. One thread at a time appends while any number of threads read: records before <see cref="Count"/>
/// never change, and once there is a <see cref="Next"/>, neither does the count.
/// </summary>
internal sealed class Chunk(long firstOffset, int bytes, int records)
{
    private readonly byte[] _bytes = new byte[bytes];
    private readonly Entry[] _entries = new Entry[records];
    private int _used;

    // The transaction of each record; null if no record of the chunk has one.
    private InMemoryTransaction?[]? _transactions;

    // Written last: a reader that sees the count also sees the records.
    private int _count;
    private Chunk? _next;

    public long FirstOffset { get; } = firstOffset;

    /// <summary>The allocated memory in bytes, used or not.</summary>
    public int Bytes => _bytes.Length + (_entries.Length * Unsafe.SizeOf<Entry>());

    public int Count => Volatile.Read(ref _count);

    public long EndOffset => FirstOffset + Count;

    public Chunk? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The timestamp of a record, in milliseconds since 1970.</summary>
    public long TimestampOf(int index) => _entries[index].Timestamp;

    /// <summary>Whether readers see the record: it is not a marker and was not aborted.</summary>
    public bool IsVisible(int index, bool isReadCommitted) => _transactions?[index] is not { } transaction || transaction.IsVisible(isReadCommitted);

    public bool TryAppend(in NewRecord record, InMemoryTransaction? transaction)
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
        if (transaction is not null)
        {
            _transactions ??= new InMemoryTransaction?[_entries.Length];
            _transactions[_count] = transaction;
        }

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

/// <summary>A record to append. Its bytes are copied.</summary>
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
