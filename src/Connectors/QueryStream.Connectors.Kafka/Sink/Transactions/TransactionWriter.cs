using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>
/// Writes the committables of one writer, each in a transaction together with its marker. Used by one caller at a time, outside of turns: the calls
/// wait for the cluster, and librdkafka's run on threads of their own.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="id">The writer.</param>
internal sealed class TransactionWriter(TransactionCluster cluster, SinkWriterId id) : IKafkaProducerListener, IAsyncDisposable
{
    /// <summary>The partition for which the group holds the marker. Every topic has it.</summary>
    private const int MarkerPartition = 0;

    /// <summary>The marker of a writer that has committed nothing. Numbers of committables begin with 1.</summary>
    private const long NoCommittable = 0;

    private const int MaxAttempts = 3;

    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(2);

    private readonly KafkaRecordBuilder _record = new();

    // Open and fenced; null before, and after a failure.
    private IKafkaTransactionalProducer? _producer;
    private bool _isInTransaction;

    // The number of the last visible committable. Known as long as the producer is open and no other one has fenced it.
    private long? _marker;

    // Set on the thread of delivery reports.
    private volatile ServiceRefusedException? _refusal;

    /// <summary>Opens a producer, which fences earlier ones and aborts their transaction. From then on the marker stays where it is.</summary>
    public async Task FenceAsync(CancellationToken cancellationToken)
    {
        _producer = cluster.Clients.OpenTransactionalProducer(
            cluster.Connection, id.Topic, new KafkaTransactionOptions(id.Name, cluster.TransactionTimeout), this);
        await _producer.InitializeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the marker, when the writer is fenced.</summary>
    /// <exception cref="StateRestoreException">There is none.</exception>
    public async Task ReadMarkerAsync(CancellationToken cancellationToken) =>
        _marker = await FindMarkerAsync(cancellationToken).ConfigureAwait(false) ?? throw new StateRestoreException(
            $"The consumer group '{id.Name}' has no offset for topic '{id.Topic}' of Kafka at {cluster.Connection.BootstrapServers}, so it is "
            + "unknown which output of the restored checkpoint is visible. The topic or the group was deleted, or offsets.retention.minutes has "
            + "passed, or this is another cluster. Restore a newer checkpoint; or give the sink another name and allow non-restored state, which "
            + "gives up the output that was not committed when the checkpoint was taken.");

    /// <summary>Sets the first marker of a new writer, so that a marker that is missing later is an error.</summary>
    /// <exception cref="StateRestoreException">There is one: another job has the same id.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await FenceAsync(cancellationToken).ConfigureAwait(false);
        if (await FindMarkerAsync(cancellationToken).ConfigureAwait(false) is { } marker)
        {
            throw new StateRestoreException(
                $"The consumer group '{id.Name}' has the offset {marker} for topic '{id.Topic}' already: another job with the same id writes there.");
        }

        await WriteAsync([], NoCommittable, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a committable visible. If a transaction fails, its outcome may be unknown: the writer fences itself, and the marker tells. A committable
    /// that is visible already is not written again.
    /// </summary>
    /// <exception cref="KafkaTransactionException">It has failed several times.</exception>
    /// <exception cref="ServiceRefusedException">The cluster refuses a record or the transaction.</exception>
    /// <exception cref="ServiceUnavailableException">The marker cannot be read; call it again.</exception>
    public async Task CommitAsync(CommittableOutput committable, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await TryCommitAsync(committable, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KafkaTransactionException e)
            {
                await CloseAsync().ConfigureAwait(false);
                if (_refusal is { } refusal)
                {
                    throw refusal;
                }

                if (attempt == MaxAttempts)
                {
                    throw;
                }

                cluster.Logger.TransactionRepeated(id.Name, committable.Checkpoint.Number, e.Message);
            }
            catch
            {
                // What is not known is asked for again.
                await CloseAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Whether a committable is visible, as the marker was when it was read.</summary>
    public bool IsVisible(CommittableOutput committable) => _marker >= committable.Checkpoint.Number;

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    void IKafkaProducerListener.OnAcknowledged(long records)
    {
    }

    void IKafkaProducerListener.OnRefused(ServiceRefusedException reason) => _refusal = reason;

    private Task<long?> FindMarkerAsync(CancellationToken cancellationToken) =>
        cluster.Admin.GroupOffsetAsync(id.Name, id.Topic, MarkerPartition, cancellationToken);

    private async Task TryCommitAsync(CommittableOutput committable, CancellationToken cancellationToken)
    {
        if (_producer is null)
        {
            await FenceAsync(cancellationToken).ConfigureAwait(false);
            await ReadMarkerAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!IsVisible(committable))
        {
            await WriteAsync(committable.Blocks, committable.Checkpoint.Number, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(IEnumerable<ReadOnlyMemory<byte>> blocks, long marker, CancellationToken cancellationToken)
    {
        IKafkaTransactionalProducer producer = _producer!;
        await producer.BeginAsync(cancellationToken).ConfigureAwait(false);
        _isInTransaction = true;
        foreach (ReadOnlyMemory<byte> block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(producer, block.Span);
            if (producer.IsFull)
            {
                await producer.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await producer.CommitAsync(id.Name, new KafkaOffset(MarkerPartition, marker), cancellationToken).ConfigureAwait(false);
        _isInTransaction = false;
        _marker = marker;
    }

    private void Add(IKafkaTransactionalProducer producer, ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty)
        {
            CommittableRecord record = CommittableRecord.Read(ref block);
            if (record.Headers.IsEmpty)
            {
                producer.Add(record.Key, record.Value, record.HasValue, record.Partition, record.Time);
            }
            else
            {
                _record.Set(record);
                producer.Add(_record);
            }
        }

        producer.Send();
    }

    private async Task CloseAsync()
    {
        if (_producer is not { } producer)
        {
            return;
        }

        _producer = null;
        if (_isInTransaction)
        {
            _isInTransaction = false;
            await AbortAsync(producer).ConfigureAwait(false);
        }

        await producer.DisposeAsync().ConfigureAwait(false);
    }

    // Readers of the topic would wait for the transaction until it expires. If this fails, they wait.
    private async Task AbortAsync(IKafkaTransactionalProducer producer)
    {
        using CancellationTokenSource limit = new(AbortLimit, cluster.Time);
        try
        {
            await producer.AbortAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KafkaTransactionException or ServiceRefusedException or OperationCanceledException)
        {
            cluster.Logger.AbortFailed(id.Name, e.Message);
        }
    }
}

/// <summary>What the writers of a sink share.</summary>
/// <param name="Clients">Opens producers.</param>
/// <param name="Admin">Reads markers.</param>
/// <param name="Connection">The cluster.</param>
/// <param name="TransactionTimeout">How long a transaction may be open.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where to log.</param>
internal sealed record TransactionCluster(
    IKafkaClients Clients, IKafkaAdmin Admin, KafkaConnection Connection, TimeSpan TransactionTimeout, TimeProvider Time, ILogger Logger);
