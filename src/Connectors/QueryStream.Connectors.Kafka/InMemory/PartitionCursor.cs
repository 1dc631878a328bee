namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>How far one reader has read one partition. Moved by the reader; asked for its position by the partition.</summary>
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

    /// <summary>Handles records, some of them at most, so that the partitions take turns.</summary>
    /// <returns>Whether the handler wants more.</returns>
    public bool Read<THandler>(ref THandler handler, out int handled, out bool isAtEnd)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        bool goOn = true;
        handled = 0;
        while (goOn && handled < RunLength && MoveOn())
        {
            int index = _index++;
            if (_chunk.IsVisible(index, isReadCommitted))
            {
                goOn = handler.OnRecord(_chunk.Read(Partition, index));
                handled++;
            }
        }

        long position = _chunk.FirstOffset + _index;
        Volatile.Write(ref _position, position);
        isAtEnd = goOn && handled < RunLength;
        if (isAtEnd && position != _reportedEnd)
        {
            _reportedEnd = position;
            handler.OnPartitionEof(Partition, position);
        }

        return goOn;
    }

    public void OnAppended() => appended();

    private bool MoveOn()
    {
        // The next chunk is looked at before the count: once there is one, the count is final.
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
