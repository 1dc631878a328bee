using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Writes to a topic in memory in transactions.</summary>
internal sealed class InMemoryTransactionalProducer(
    TransactionalId id, Topic topic, KafkaTransactionOptions options, IKafkaProducerListener listener, TimeProvider time)
    : InMemoryProducer(topic, listener, time), IKafkaTransactionalProducer
{
    private readonly Topic _topic = topic;

    // The producer's epoch; 0 before it is initialized.
    private int _epoch;
    private bool _hasRefused;

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (options.Timeout > InMemoryKafka.MaxTransactionTimeout)
        {
            throw new ServiceRefusedException("Kafka", $"Kafka refuses to start transactions of '{options.Id}': the timeout is too long.");
        }

        _epoch = id.Initialize(options.Timeout);
        return Task.CompletedTask;
    }

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        id.Begin(_epoch);
        return Task.CompletedTask;
    }

    public Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken)
    {
        if (_hasRefused)
        {
            throw new KafkaTransactionException(
                KafkaTransactionFailure.Abortable, $"The transaction of '{options.Id}' has failed: a record was refused.");
        }

        id.Commit(_epoch, group, _topic.Name, offset);
        Send();
        return Task.CompletedTask;
    }

    public Task AbortAsync(CancellationToken cancellationToken)
    {
        id.Abort(_epoch);
        _hasRefused = false;
        return Task.CompletedTask;
    }

    // As with a real cluster, a transaction that was open stays open until it times out or a new producer of the id is initialized.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override void OnRefused(ServiceRefusedException reason)
    {
        _hasRefused = true;
        base.OnRefused(reason);
    }

    protected override bool Store(PartitionLog log, in NewRecord record) => id.Append(_epoch, log, record);
}

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
