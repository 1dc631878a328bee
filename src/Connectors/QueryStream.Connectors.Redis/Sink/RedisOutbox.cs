using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>
/// The unacknowledged rows of one subtask: the waiting rows, at most one per key, and the size of the rows in flight. Used in turns of the task.
/// </summary>
internal sealed class RedisOutbox(RedisSinkOptions options)
{
    // The list from _first to _last and the index hold the same rows, one per key, in the order in which the keys were first added. The _pending
    // fields count these rows and all taken rows that are neither acknowledged nor restored.
    private readonly Dictionary<OutboxKey, OutboxRow> _index = new(new OutboxRow.KeyComparer());
    private OutboxRow? _first;
    private OutboxRow? _last;
    private long _waitingBytes;
    private long _pendingBytes;
    private int _pendingRows;

    /// <summary>Whether the limit is reached. False again once a quarter of the limit is free.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether no row waits and none is in flight.</summary>
    public bool IsFlushed { get; private set; } = true;

    /// <summary>Whether rows are waiting.</summary>
    public bool HasWaiting => _first is not null;

    /// <summary>Adds rows. A waiting row of the same key gets the new value.</summary>
    public void Add(ReadOnlySpan<RedisUpsert> rows)
    {
        Dictionary<OutboxKey, OutboxRow>.AlternateLookup<Text> byText = _index.GetAlternateLookup<Text>();
        foreach (ref readonly RedisUpsert upsert in rows)
        {
            if (!byText.TryGetValue(upsert.Key, out OutboxRow? row))
            {
                row = new OutboxRow(new OutboxKey(upsert.Key.Bytes.ToArray(), upsert.Key.Hash));
                row.Set(upsert);
                _index.Add(row.Key, row);
                Append(row);
                Count(row.Bytes, waiting: row.Bytes, rows: 1);
                continue;
            }

            int before = row.Bytes;
            row.Set(upsert);
            Count(row.Bytes - before, waiting: row.Bytes - before, rows: 0);
        }

        UpdateState();
    }

    /// <summary>Takes the rows that have waited longest, up to the size of a flush.</summary>
    /// <param name="onlyFull">Whether to take nothing if the rows would not fill a flush.</param>
    /// <returns>The rows; null if none are taken.</returns>
    public OutboxFlush? Take(bool onlyFull)
    {
        if (_first is null || (onlyFull && _index.Count < options.MaxFlushRows && _waitingBytes < options.MaxFlushBytes))
        {
            return null;
        }

        List<OutboxRow> rows = new(Math.Min(_index.Count, options.MaxFlushRows));
        long bytes = 0;
        while (_first is { } row && rows.Count < options.MaxFlushRows && (rows.Count == 0 || bytes + row.Bytes <= options.MaxFlushBytes))
        {
            _first = row.Next;
            row.Next = null;
            _index.Remove(row.Key);
            rows.Add(row);
            bytes += row.Bytes;
        }

        _last = _first is null ? null : _last;
        _waitingBytes -= bytes;
        return new OutboxFlush([.. rows], bytes);
    }

    /// <summary>Removes taken rows that Redis has written.</summary>
    public void Acknowledge(OutboxFlush flush)
    {
        Count(-flush.Bytes, waiting: 0, rows: -flush.Rows.Length);
        UpdateState();
    }

    /// <summary>Returns taken rows to the front, to be resent. A waiting newer value of a key is kept instead.</summary>
    /// <param name="flushes">All taken and unacknowledged flushes, oldest first.</param>
    public void Restore(IEnumerable<OutboxFlush> flushes)
    {
        foreach (OutboxFlush flush in flushes.Reverse())
        {
            for (int i = flush.Rows.Length - 1; i >= 0; i--)
            {
                Restore(flush.Rows[i]);
            }
        }

        UpdateState();
    }

    private void Restore(OutboxRow row)
    {
        if (_index.TryGetValue(row.Key, out OutboxRow? newer))
        {
            newer.Writes += row.Writes;
            Count(-row.Bytes, waiting: 0, rows: -1);
            return;
        }

        _index.Add(row.Key, row);
        row.Next = _first;
        _first = row;
        _last ??= row;
        _waitingBytes += row.Bytes;
    }

    private void Append(OutboxRow row)
    {
        if (_last is null)
        {
            _first = row;
        }
        else
        {
            _last.Next = row;
        }

        _last = row;
    }

    private void Count(long pending, long waiting, int rows)
    {
        _pendingBytes += pending;
        _waitingBytes += waiting;
        _pendingRows += rows;
    }

    private void UpdateState()
    {
        bool isOver = _pendingBytes >= options.MaxPendingBytes || _pendingRows >= options.MaxPendingRows;
        bool hasRoom = _pendingBytes <= options.MaxPendingBytes / 4 * 3 && _pendingRows <= options.MaxPendingRows / 4 * 3;
        IsFull = isOver || (IsFull && !hasRoom);
        IsFlushed = _pendingRows == 0;
    }
}

/// <summary>A key with its hash.</summary>
internal readonly record struct OutboxKey(byte[] Bytes, ulong Hash);

/// <summary>A key with its newest value. Owned by the outbox while it waits, then by its flush.</summary>
internal sealed class OutboxRow(OutboxKey key)
{
    // The memory of a row besides its bytes: this object, three array headers, the entry in the index.
    private const int Overhead = 200;

    /// <summary>Its key.</summary>
    public OutboxKey Key { get; } = key;

    /// <summary>The value; null: the key is deleted.</summary>
    public byte[]? Value { get; private set; } = [];

    /// <summary>The message to publish; null: none.</summary>
    public byte[]? Message { get; private set; }

    /// <summary>The number of stream rows merged into this one.</summary>
    public int Writes { get; set; }

    /// <summary>The next row in the outbox.</summary>
    public OutboxRow? Next { get; set; }

    /// <summary>The memory of the row in bytes.</summary>
    public int Bytes => Overhead + Key.Bytes.Length + (Value?.Length ?? 0) + (Message?.Length ?? 0);

    /// <summary>Replaces the value by a newer one.</summary>
    public void Set(in RedisUpsert upsert)
    {
        Value = upsert.IsDelete ? null : upsert.Value.Bytes.ToArray();
        Message = upsert.Message.HasValue ? upsert.Message.Bytes.ToArray() : null;
        Writes++;
    }

    /// <summary>Looks up rows by a text, without creating a key.</summary>
    public sealed class KeyComparer : IEqualityComparer<OutboxKey>, IAlternateEqualityComparer<Text, OutboxKey>
    {
        public bool Equals(OutboxKey x, OutboxKey y) => x.Hash == y.Hash && x.Bytes.AsSpan().SequenceEqual(y.Bytes);

        public int GetHashCode(OutboxKey obj) => (int)obj.Hash;

        public OutboxKey Create(Text alternate) => new(alternate.Bytes.ToArray(), alternate.Hash);

        public bool Equals(Text alternate, OutboxKey other) => alternate.Hash == other.Hash && alternate.Bytes.SequenceEqual(other.Bytes);

        public int GetHashCode(Text alternate) => (int)alternate.Hash;
    }
}

/// <summary>Rows that were taken together.</summary>
/// <param name="rows">The rows in the order of sending.</param>
/// <param name="bytes">Their memory in bytes.</param>
internal sealed class OutboxFlush(OutboxRow[] rows, long bytes)
{
    public OutboxRow[] Rows { get; } = rows;

    public long Bytes { get; } = bytes;

    /// <summary>The number of stream rows merged into them.</summary>
    public long Writes => Rows.Sum(row => (long)row.Writes);

    /// <summary>A copy of the rows to send, since the outbox changes its rows when they are restored.</summary>
    public RedisRow[] ToRedis() => Array.ConvertAll(Rows, row => new RedisRow(row.Key.Bytes, row.Value, row.Message));
}
