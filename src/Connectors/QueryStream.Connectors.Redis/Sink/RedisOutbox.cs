using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>
/// The rows of one subtask that Redis has not acknowledged: those that wait, at most one a key, and the size of those in flight. Used in turns of the
/// task only.
/// </summary>
internal sealed class RedisOutbox(RedisSinkOptions options)
{
    // Invariant: the list from _first to _last and the index hold the same rows, one a key, in the order in which the keys were first added;
    // _pending* count these rows and all those that were taken and are neither acknowledged nor restored.
    private readonly Dictionary<OutboxKey, OutboxRow> _index = new(new OutboxRow.KeyComparer());
    private OutboxRow? _first;
    private OutboxRow? _last;
    private long _waitingBytes;
    private long _pendingBytes;
    private int _pendingRows;

    /// <summary>Whether the bound is reached; false again once there is room for a quarter of it.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether no row waits and none is in flight.</summary>
    public bool IsFlushed { get; private set; } = true;

    /// <summary>Whether a row waits.</summary>
    public bool HasWaiting => _first is not null;

    /// <summary>Adds rows. Where a row of the same key waits, the new value replaces its value.</summary>
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

    /// <summary>Takes the rows that have waited longest, as many as fit into a flush.</summary>
    /// <param name="onlyFull">Whether to leave them where they would not fill it.</param>
    /// <returns>Null where there is nothing to take.</returns>
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

    /// <summary>Redis has written what was taken.</summary>
    public void Acknowledge(OutboxFlush flush)
    {
        Count(-flush.Bytes, waiting: 0, rows: -flush.Rows.Length);
        UpdateState();
    }

    /// <summary>Puts back in front what was taken and has to be sent again. Where a newer value of a key waits, that one stays.</summary>
    /// <param name="flushes">All that were taken and are not acknowledged, in the order of their taking.</param>
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

/// <summary>A key with its newest value. It belongs to the outbox while it waits, and to its flush afterwards.</summary>
internal sealed class OutboxRow(OutboxKey key)
{
    // The memory of a row beyond its bytes: this object, the headers of three arrays, its entry in the index.
    private const int Overhead = 200;

    /// <summary>Its key.</summary>
    public OutboxKey Key { get; } = key;

    /// <summary>What is stored; null: the key is deleted.</summary>
    public byte[]? Value { get; private set; } = [];

    /// <summary>What is published; null for nothing.</summary>
    public byte[]? Message { get; private set; }

    /// <summary>Rows of the stream that this one stands for.</summary>
    public int Writes { get; set; }

    /// <summary>The row behind this one in the outbox.</summary>
    public OutboxRow? Next { get; set; }

    /// <summary>The memory that the row takes.</summary>
    public int Bytes => Overhead + Key.Bytes.Length + (Value?.Length ?? 0) + (Message?.Length ?? 0);

    /// <summary>Replaces the value by a newer one.</summary>
    public void Set(in RedisUpsert upsert)
    {
        Value = upsert.IsDelete ? null : upsert.Value.Bytes.ToArray();
        Message = upsert.Message.HasValue ? upsert.Message.Bytes.ToArray() : null;
        Writes++;
    }

    /// <summary>Finds rows in the index by a text, without making a key of it.</summary>
    public sealed class KeyComparer : IEqualityComparer<OutboxKey>, IAlternateEqualityComparer<Text, OutboxKey>
    {
        public bool Equals(OutboxKey x, OutboxKey y) => x.Hash == y.Hash && x.Bytes.AsSpan().SequenceEqual(y.Bytes);

        public int GetHashCode(OutboxKey obj) => (int)obj.Hash;

        public OutboxKey Create(Text alternate) => new(alternate.Bytes.ToArray(), alternate.Hash);

        public bool Equals(Text alternate, OutboxKey other) => alternate.Hash == other.Hash && alternate.Bytes.SequenceEqual(other.Bytes);

        public int GetHashCode(Text alternate) => (int)alternate.Hash;
    }
}

/// <summary>Rows that left the outbox together and are not acknowledged yet.</summary>
/// <param name="rows">In the order of their sending.</param>
/// <param name="bytes">The memory that they take.</param>
internal sealed class OutboxFlush(OutboxRow[] rows, long bytes)
{
    public OutboxRow[] Rows { get; } = rows;

    public long Bytes { get; } = bytes;

    /// <summary>The number of rows of the stream that they stand for.</summary>
    public long Writes => Rows.Sum(row => (long)row.Writes);

    /// <summary>The rows as they are sent. A copy, since the outbox changes its own when they have to be sent again.</summary>
    public RedisRow[] ToRedis() => Array.ConvertAll(Rows, row => new RedisRow(row.Key.Bytes, row.Value, row.Message));
}
