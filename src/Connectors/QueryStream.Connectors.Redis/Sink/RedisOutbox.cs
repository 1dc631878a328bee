using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>
/// What one subtask has yet to bring to Redis: rows that wait, at most one a key, and the weight of those that are under way.
/// The task adds, the pump takes out, and puts back in front what has to be sent again.
/// </summary>
internal sealed class RedisOutbox(RedisSinkOptions options)
{
    // Guards all fields. Invariant: the list from _first to _last and the index hold the same rows, one a key, in the order
    // in which the keys were first added; _pending* count these rows and all those that were taken and are neither
    // acknowledged nor restored. Taken by the task once a batch and by the pump once a packet.
    private readonly Lock _lock = new();
    private readonly Dictionary<OutboxKey, OutboxRow> _index = new(new OutboxRow.KeyComparer());
    private OutboxRow? _first;
    private OutboxRow? _last;
    private long _waitingBytes;
    private long _pendingBytes;
    private int _pendingRows;

    // Written inside the lock, read without it by the task: a stale answer is repaired by the wake that follows each change.
    private volatile bool _isFull;
    private volatile bool _isFlushed = true;

    /// <summary>Whether the bound is reached; false again once there is room for a quarter of it.</summary>
    public bool IsFull => _isFull;

    /// <summary>Whether nothing waits and nothing is under way.</summary>
    public bool IsFlushed => _isFlushed;

    /// <summary>Whether nothing waits to be taken.</summary>
    public bool HasNothingWaiting
    {
        get
        {
            lock (_lock)
            {
                return _first is null;
            }
        }
    }

    /// <summary>Adds rows; of a key that waits already the new value takes the old one's place.</summary>
    public void Add(ReadOnlySpan<RedisUpsert> rows)
    {
        lock (_lock)
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
                    Weigh(row.Bytes, waiting: row.Bytes, rows: 1);
                    continue;
                }

                int before = row.Bytes;
                row.Set(upsert);
                Weigh(row.Bytes - before, waiting: row.Bytes - before, rows: 0);
            }

            UpdateFlags();
        }
    }

    /// <summary>Takes the rows that have waited longest.</summary>
    /// <param name="onlyWhole">Whether to leave them where they would not fill a packet.</param>
    /// <returns>Null where there is nothing to take.</returns>
    public OutboxFlush? Take(bool onlyWhole)
    {
        lock (_lock)
        {
            if (_first is null || (onlyWhole && _index.Count < options.MaxFlushRows && _waitingBytes < options.MaxFlushBytes))
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
    }

    /// <summary>Redis has written what was taken.</summary>
    /// <returns>Whether the task should look at the flags again.</returns>
    public bool Acknowledge(OutboxFlush flush)
    {
        lock (_lock)
        {
            Weigh(-flush.Bytes, waiting: 0, rows: -flush.Rows.Length);
            return UpdateFlags();
        }
    }

    /// <summary>Puts back in front what was taken and has to be sent again; where a newer value of a key waits, that one stays.</summary>
    /// <param name="flushes">All that were taken and are not acknowledged, in the order of their taking.</param>
    /// <returns>Whether the task should look at the flags again.</returns>
    public bool Restore(IEnumerable<OutboxFlush> flushes)
    {
        lock (_lock)
        {
            foreach (OutboxFlush flush in flushes.Reverse())
            {
                for (int i = flush.Rows.Length - 1; i >= 0; i--)
                {
                    Restore(flush.Rows[i]);
                }
            }

            return UpdateFlags();
        }
    }

    private void Restore(OutboxRow row)
    {
        if (_index.TryGetValue(row.Key, out OutboxRow? newer))
        {
            newer.Writes += row.Writes;
            Weigh(-row.Bytes, waiting: 0, rows: -1);
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

    private void Weigh(long pending, long waiting, int rows)
    {
        _pendingBytes += pending;
        _waitingBytes += waiting;
        _pendingRows += rows;
    }

    // True where a flag went the way that the task waits for.
    private bool UpdateFlags()
    {
        bool wasFull = _isFull;
        bool wasFlushed = _isFlushed;
        bool over = _pendingBytes >= options.MaxPendingBytes || _pendingRows >= options.MaxPendingRows;
        bool roomy = _pendingBytes <= options.MaxPendingBytes / 4 * 3 && _pendingRows <= options.MaxPendingRows / 4 * 3;
        _isFull = over || (wasFull && !roomy);
        _isFlushed = _pendingRows == 0;
        return (wasFull && !_isFull) || (!wasFlushed && _isFlushed);
    }
}
