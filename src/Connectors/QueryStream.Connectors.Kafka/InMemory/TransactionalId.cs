namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>The transactions of one transactional id: which producer may use it, and its open transaction. Thread-safe.</summary>
internal sealed class TransactionalId(string name, InMemoryKafka kafka, TimeProvider time)
{
    // Guards all fields: the timer of the timeout runs on any thread.
    private readonly Lock _lock = new();

    // Rises with each producer that is initialized, and with each timeout: calls of an earlier epoch are refused.
    private int _epoch;
    private TimeSpan _timeout;
    private InMemoryTransaction? _open;
    private ITimer? _expiry;

    /// <summary>Fences the earlier producers, and aborts their open transaction.</summary>
    /// <returns>The epoch of the new producer.</returns>
    public int Initialize(TimeSpan timeout)
    {
        lock (_lock)
        {
            End(isCommit: false);
            _timeout = timeout;
            return ++_epoch;
        }
    }

    public void Begin(int epoch)
    {
        lock (_lock)
        {
            Require(epoch, "to begin a transaction");
            if (_open is not null)
            {
                throw Failure(KafkaTransactionFailure.Fatal, "to begin a transaction", "one is open already");
            }

            _open = kafka.BeginTransaction();
        }
    }

    /// <summary>Appends a record. A record of a fenced producer is lost; its commit will fail.</summary>
    /// <returns>Whether it belongs to the open transaction.</returns>
    public bool Append(int epoch, PartitionLog log, in NewRecord record)
    {
        lock (_lock)
        {
            if (epoch != _epoch || _open is not { } open)
            {
                return false;
            }

            // For the cluster, a transaction begins with its first record.
            _expiry ??= time.CreateTimer(_ => Expire(open), null, _timeout, Timeout.InfiniteTimeSpan);
            open.Append(log, record);
            return true;
        }
    }

    public void Commit(int epoch, string group, string topic, KafkaOffset offset)
    {
        lock (_lock)
        {
            RequireOpen(epoch, "to commit a transaction");
            kafka.Commit(group, topic, offset);
            End(isCommit: true);
        }
    }

    public void Abort(int epoch)
    {
        lock (_lock)
        {
            RequireOpen(epoch, "to abort a transaction");
            End(isCommit: false);
        }
    }

    private void Expire(InMemoryTransaction transaction)
    {
        lock (_lock)
        {
            if (transaction == _open)
            {
                End(isCommit: false);
                _epoch++;
            }
        }
    }

    private void End(bool isCommit)
    {
        _expiry?.Dispose();
        _expiry = null;
        if (isCommit)
        {
            _open?.Commit();
        }
        else
        {
            _open?.Abort();
        }

        _open = null;
    }

    private void Require(int epoch, string request)
    {
        if (epoch != _epoch)
        {
            throw Failure(KafkaTransactionFailure.Fenced, request, "the producer is fenced");
        }
    }

    private void RequireOpen(int epoch, string request)
    {
        Require(epoch, request);
        if (_open is null)
        {
            throw Failure(KafkaTransactionFailure.Fatal, request, "none is open");
        }
    }

    private KafkaTransactionException Failure(KafkaTransactionFailure failure, string request, string problem) =>
        new(failure, $"Kafka refuses {request} of '{name}': {problem}.");
}
