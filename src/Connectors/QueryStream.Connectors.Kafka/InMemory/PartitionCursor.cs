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

    /// <summary>Visits records, some of them at most, so that the partitions take turns.</summary>
    /// <returns>Whether the visitor wants more.</returns>
    public bool Visit<TVisitor>(ref TVisitor visitor, out int visited, out bool isAtEnd)
        where TVisitor : struct, IKafkaVisitor, allows ref struct
    {
        bool goOn = true;
        visited = 0;
        while (goOn && visited < RunLength && MoveOn())
        {
            int index = _index++;
            if (_chunk.IsVisible(index, isReadCommitted))
            {
                goOn = visitor.OnRecord(_chunk.Read(Partition, index));
                visited++;
            }
        }

        long position = _chunk.FirstOffset + _index;
        Volatile.Write(ref _position, position);
        isAtEnd = goOn && visited < RunLength;
        if (isAtEnd && position != _reportedEnd)
        {
            _reportedEnd = position;
            visitor.OnEnd(Partition, position);
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
