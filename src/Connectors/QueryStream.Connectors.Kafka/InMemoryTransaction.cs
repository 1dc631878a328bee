using QueryStream.Connectors.Kafka.InMemory;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Records that become readable together, or never. While a transaction is open, readers wait in front of its first record of a partition, as
/// Kafka's readers of committed records do. Used by one thread.
/// </summary>
public sealed class InMemoryTransaction
{
    /// <summary>Stands behind the records of an ended transaction, and takes an offset, but is no record.</summary>
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
        RequireOpen();
        PartitionLog log = _kafka!.Require(topic, partition);
        log.Append(new NewRecord(key, value, hasValue: true, timestamp.Milliseconds), this);
        _partitions.Add(log);
    }

    /// <summary>Ends the transaction: its records can be read.</summary>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public void Commit() => End(State.Committed);

    /// <summary>Ends the transaction: its records are passed over.</summary>
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
