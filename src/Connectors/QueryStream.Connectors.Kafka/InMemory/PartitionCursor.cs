namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>The position of one reader in one partition. Moved by the reader's thread; <see cref="Position"/> is readable on any thread.</summary>
internal sealed class PartitionCursor(PartitionLog log, bool isReadCommitted, Chunk chunk, int index, Action appended)
{
    private const int RunLength = 1024;

    private Chunk _chunk = chunk;
    private int _index = index;
    private long _position = chunk.FirstOffset + index;
    private long _reportedEnd = -1;

    public int Partition { get; } = log.Partition;

    /// <summary>The offset of the next record.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Passes up to 1,024 records to the handler, so that partitions are read round-robin.</summary>
    /// <returns>Whether the handler wants to continue.</returns>
    public bool Read<THandler>(ref THandler handler, out int handled, out bool isAtEnd)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        bool continues = true;
        handled = 0;
        while (continues && handled < RunLength && MoveOn())
        {
            int index = _index++;
            if (_chunk.IsVisible(index, isReadCommitted))
            {
                continues = handler.OnRecord(_chunk.Read(Partition, index));
                handled++;
            }
        }

        long position = _chunk.FirstOffset + _index;
        Volatile.Write(ref _position, position);
        isAtEnd = continues && handled < RunLength;
        if (isAtEnd && position != _reportedEnd)
        {
            _reportedEnd = position;
            handler.OnPartitionEof(Partition, position);
        }

        return continues;
    }

    public void OnAppended() => appended();

    private bool MoveOn()
    {
        // Next is read before Count: once a chunk has a successor, its count is final.
        while (true)
        {
            Chunk? next = _chunk.Next;
            if (_index < _chunk.Count)
            {
                return !isReadCommitted || _chunk.FirstOffset + _index < log.LastStable;
            }

            if (next is null)
            {
                return false;
            }

            _chunk = next;
            _index = 0;
        }
    }
}
