namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>The records of one partition. Safe on any thread.</summary>
internal sealed class PartitionLog(int partition, long maxBytes)
{
    private const int ChunkBytes = 256 * 1024;
    private const int ChunkRecords = 2048;

    // Of all chunks but the oldest, which can always stay: so a small limit leaves room for something.
    private long _bytes;

    // Guards appending, dropping and the list of readers; reading needs no lock.
    private readonly Lock _lock = new();
    private readonly List<PartitionCursor> _readers = [];
    private Chunk _first = new(0, ChunkBytes, ChunkRecords);
    private Chunk? _last;

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

    /// <summary>Whether the limit is reached and a reader still needs what is there.</summary>
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

    /// <summary>Appends a record, also to a full partition.</summary>
    public void Append(in NewRecord record)
    {
        lock (_lock)
        {
            if (!Last.TryAppend(record))
            {
                Drop();
                Chunk chunk = new(Last.EndOffset, Math.Max(ChunkBytes, record.Size), ChunkRecords);
                chunk.TryAppend(record);
                _bytes += chunk.Bytes;
                Last.Next = chunk;
                _last = chunk;
            }

            foreach (PartitionCursor reader in _readers)
            {
                reader.OnAppended();
            }
        }
    }

    /// <summary>Opens a cursor; an offset that does not exist becomes the oldest.</summary>
    public PartitionCursor Open(long offset, Action appended)
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

            PartitionCursor cursor = new(Partition, chunk, (int)(start - chunk.FirstOffset), appended);
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

    /// <summary>The first record of that time or later; null if there is none.</summary>
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

    // What all readers have behind them goes; without readers, the oldest, so that a topic that nobody reads does not fill the memory.
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
