using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>A producer with its own client. librdkafka's transactional calls block, so each runs on a separate thread.</summary>
internal sealed class LibrdkafkaTransactionalProducer(LibrdkafkaProducer records, ProduceClient client, string topic, string id)
    : IKafkaTransactionalProducer
{
    /// <summary>How long one call of librdkafka waits, so that cancellation ends it. Calls that time out are resumed by calling them again.</summary>
    private const int SliceMs = 2_000;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    // Far longer than a call should take. After an outage of the broker, librdkafka 2.16 may wait for ever in spite of the timeout, at least where an
    // offset is added to a transaction.
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(10);

    private volatile bool _hangs;

    public bool IsFull => records.IsFull;

    public long Unacknowledged => records.Unacknowledged;

    /// <summary>Whether a record with this error is lost because its transaction or its producer has ended.</summary>
    public static bool EndsTransaction(NativeError error) => error is NativeError.PurgedFromQueue or NativeError.PurgedInFlight
        or NativeError.MessageTimedOut or NativeError.TimedOut or NativeError.State or NativeError.Fatal or NativeError.Fenced
        or NativeError.InvalidProducerEpoch or NativeError.InvalidProducerIdMapping or NativeError.ProducerFenced or NativeError.UnknownProducerId
        or NativeError.OutOfOrderSequence or NativeError.TransactionAbortable or NativeError.Transport;

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await ClusterClient.RunAsync(Connect).ConfigureAwait(false);
        await RunAsync("to start transactions", NativeMethods.InitTransactions, cancellationToken).ConfigureAwait(false);
    }

    public Task BeginAsync(CancellationToken cancellationToken) =>
        RunAsync("to begin a transaction", static (native, _) => NativeMethods.BeginTransaction(native), cancellationToken);

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp) =>
        records.Add(key, value, hasValue, partition, timestamp);

    public void Add(KafkaRecordBuilder record) => records.Add(record);

    public void Send() => records.Send();

    public Task FlushAsync(CancellationToken cancellationToken) => records.FlushAsync(cancellationToken);

    public async Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken)
    {
        Send();
        await RunAsync("to add an offset to a transaction", (native, timeout) => SendOffset(native, group, offset, timeout), cancellationToken)
            .ConfigureAwait(false);
        await RunAsync("to commit a transaction", NativeMethods.CommitTransaction, cancellationToken).ConfigureAwait(false);
    }

    public Task AbortAsync(CancellationToken cancellationToken)
    {
        records.Discard();
        return RunAsync("to abort a transaction", NativeMethods.AbortTransaction, cancellationToken);
    }

    /// <summary>Closes the client, unless a call of it hangs: to close it then would hang too, or worse. It stays until the process ends.</summary>
    public ValueTask DisposeAsync() => _hangs ? ValueTask.CompletedTask : records.DisposeAsync();

    // librdkafka waits 500 ms if transactions are initialized without a connection, even if one is open sooner. That would be half of a recovery. If
    // the cluster does not respond, initialization waits for it anyway.
    private bool Connect()
    {
        try
        {
            // The first response may change the node id, after which librdkafka reconnects. The second one arrives over the final connection.
            NativeRequests.Brokers(client.Client, SliceMs);
            NativeRequests.Brokers(client.Client, SliceMs);
            return true;
        }
        catch (NativeRequestException)
        {
            return false;
        }
    }

    private unsafe nint SendOffset(nint native, string group, KafkaOffset offset, int timeoutMs)
    {
        NativePartitionList* list = NativeMethods.PartitionListNew(1);
        nint metadata = NativeMethods.GroupMetadataNew(group);
        try
        {
            NativeMethods.PartitionListAdd(list, topic, offset.Partition)->Offset = offset.Offset;
            return NativeMethods.SendOffsetsToTransaction(native, list, metadata, timeoutMs);
        }
        finally
        {
            NativeMethods.GroupMetadataDestroy(metadata);
            NativeMethods.PartitionListDestroy(list);
        }
    }

    private async Task RunAsync(string request, Func<nint, int, nint> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (records.HasUnqueued)
            {
                // librdkafka would wait forever for such a record.
                throw new KafkaTransactionException(
                    KafkaTransactionFailure.Fatal, $"The transaction of '{id}' has failed: a record for '{topic}' could not be queued.");
            }

            nint error = await CallAsync(request, call).ConfigureAwait(false);
            if (error == 0)
            {
                return;
            }

            ThrowUnlessRetriable(request, error);
            await Task.Delay(RetryPause, cancellationToken).ConfigureAwait(false);
        }
    }

    // Not cancelled: a client must not be closed while it is called.
    private async Task<nint> CallAsync(string request, Func<nint, int, nint> call)
    {
        if (!_hangs)
        {
            try
            {
                return await ClusterClient.RunAsync(() => call(client.Client, SliceMs)).WaitAsync(HangLimit).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _hangs = true;
            }
        }

        throw new KafkaTransactionException(
            KafkaTransactionFailure.Fatal,
            $"librdkafka was asked {request} of '{id}' and does not return. Its client is given up, and another one fences it.");
    }

    private unsafe void ThrowUnlessRetriable(string request, nint nativeError)
    {
        NativeError error = NativeMethods.ErrorCode(nativeError);
        bool isFatal = NativeMethods.ErrorIsFatal(nativeError) != 0;
        bool isAbortable = NativeMethods.ErrorRequiresAbort(nativeError) != 0;
        bool isRetriable = NativeMethods.ErrorIsRetriable(nativeError) != 0;
        string text = NativeMethods.Text(NativeMethods.ErrorString(nativeError));
        NativeMethods.ErrorDestroy(nativeError);
        error = isFatal ? FirstFatalError(error) : error;
        string message = $"Kafka at {client.Connection.BootstrapServers} refuses {request} of '{id}': {text}";
        if (error is NativeError.TopicAuthorizationFailed or NativeError.GroupAuthorizationFailed or NativeError.ClusterAuthorizationFailed
            or NativeError.TransactionalIdAuthorizationFailed or NativeError.InvalidTransactionTimeout)
        {
            throw new ServiceRefusedException("Kafka", message);
        }

        if (isAbortable || isFatal || !isRetriable)
        {
            throw new KafkaTransactionException(FailureOf(error, isAbortable), message);
        }
    }

    private static KafkaTransactionFailure FailureOf(NativeError error, bool isAbortable) =>
        isAbortable ? KafkaTransactionFailure.Abortable
        : error is NativeError.Fenced or NativeError.ProducerFenced or NativeError.InvalidProducerEpoch ? KafkaTransactionFailure.Fenced
        : KafkaTransactionFailure.Fatal;

    // After a fatal error, calls report only that there was one.
    private unsafe NativeError FirstFatalError(NativeError error)
    {
        NativeError first = NativeMethods.FatalError(client.Client, null, 0);
        return first == NativeError.None ? error : first;
    }
}
