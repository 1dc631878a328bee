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
