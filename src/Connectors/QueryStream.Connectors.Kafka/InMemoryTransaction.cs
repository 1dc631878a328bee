using QueryStream.Connectors.Kafka.InMemory;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// A transaction of an <see cref="InMemoryKafka"/>: its records become visible together, or never. While it is open, readers stop before its first
/// record in each partition, as Kafka's read-committed consumers do. Used by one thread.
/// </summary>
public sealed class InMemoryTransaction
{
    /// <summary>The marker behind the records of an ended transaction. It occupies an offset, and readers skip it.</summary>
    internal static readonly InMemoryTransaction Marker = new(null) { _state = State.Marker };

    private readonly InMemoryKafka? _kafka;
    private readonly HashSet<PartitionLog> _partitions = [];
    private volatile State _state;

    internal InMemoryTransaction(InMemoryKafka? kafka) => _kafka = kafka;

    private enum State
    {
        Open,
        Committed,
        Aborted,
        Marker,
    }

    /// <summary>Appends a record.</summary>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    /// <exception cref="Core.Errors.ServiceRefusedException">There is no such topic or partition.</exception>
    public void Append(string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, EventTime timestamp)
    {
        Append(_kafka!.Require(topic, partition), new NewRecord(key, value, hasValue: true, timestamp.Milliseconds));
    }

    internal void Append(PartitionLog log, in NewRecord record)
    {
        RequireOpen();
        log.Append(record, this);
        _partitions.Add(log);
    }

    /// <summary>Commits: readers see the records.</summary>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public void Commit() => End(State.Committed);

    /// <summary>Aborts: readers skip the records.</summary>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public void Abort() => End(State.Aborted);

    internal bool IsVisible(bool isReadCommitted) => isReadCommitted ? _state == State.Committed : _state != State.Marker;

    private void End(State outcome)
    {
        RequireOpen();
        _state = outcome;
        foreach (PartitionLog log in _partitions)
        {
            log.End(this);
        }
    }

    private void RequireOpen()
    {
        if (_state != State.Open)
        {
            throw new InvalidOperationException($"The transaction has ended already ({_state}).");
        }
    }
}
