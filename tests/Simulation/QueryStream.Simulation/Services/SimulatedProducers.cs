using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Testing.Kafka;

namespace QueryStream.Simulation.Services;

/// <summary>Counts what the cluster acknowledges at once, for a producer that passes it on later.</summary>
internal sealed class AcknowledgedListener : IKafkaProducerListener
{
    public long Records { get; set; }

    public ServiceRefusedException? Refusal { get; private set; }

    public void OnAcknowledged(long records) => Records += records;

    public void OnRefused(ServiceRefusedException reason) => Refusal ??= reason;
}

/// <summary>A producer that sends records after a delay and in order, and keeps them in memory while the cluster is unreachable.</summary>
internal sealed class SimulatedProducer(
    SimulatedKafka kafka, IKafkaProducer inner, AcknowledgedListener stored, IKafkaProducerListener listener) : IKafkaProducer
{
    private const int MaxUnacknowledged = 400;

    private readonly List<KafkaRecordBuilder> _records = [];
    private long _unacknowledged;
    private bool _isSending;

    public bool IsFull => _unacknowledged >= MaxUnacknowledged;

    public long Unacknowledged => _unacknowledged;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp) =>
        throw new NotSupportedException("Simulated producers take whole records.");

    public void Add(KafkaRecordBuilder record)
    {
        _records.Add(RecordCopy.Of(record));
        _unacknowledged++;
    }

    public void Send()
    {
        if (!_isSending && _records.Count > 0)
        {
            _isSending = true;
            kafka.Later(Deliver);
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Send();
        return kafka.WaitAsync();
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Deliver()
    {
        if (kafka.SinkIsDown)
        {
            kafka.WhenUp(() => kafka.Later(Deliver));
            return;
        }

        KafkaRecordBuilder[] sent = [.. _records];
        _records.Clear();
        Array.ForEach(sent, inner.Add);
        inner.Send();
        kafka.Later(() => Acknowledge(sent.Length));
    }

    private void Acknowledge(int records)
    {
        _isSending = false;
        stored.Records -= records;
        _unacknowledged -= records;
        if (stored.Refusal is { } refusal)
        {
            listener.OnRefused(refusal);
        }

        listener.OnAcknowledged(records);
        Send();
    }
}

/// <summary>A producer of transactions whose requests take time, and of which those that are under way survive the process.</summary>
internal sealed class SimulatedTransactionalProducer(SimulatedKafka kafka, IKafkaTransactionalProducer inner) : IKafkaTransactionalProducer
{
    public bool IsFull => inner.IsFull;

    public long Unacknowledged => inner.Unacknowledged;

    private bool _isFenced;
    private bool _hasRows;

    public Task InitializeAsync(CancellationToken cancellationToken) => kafka.FencesLate ? Task.CompletedTask : FenceAsync(cancellationToken);

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!_isFenced)
        {
            await FenceAsync(cancellationToken).ConfigureAwait(false);
        }

        _hasRows = false;
        await inner.BeginAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken)
    {
        Func<Task> execute = () => inner.CommitAsync(kafka.WriterOf(group), offset, CancellationToken.None);
        return _hasRows && kafka.CrashesInCommit() ? kafka.ArriveLateAsync(execute) : RequestAsync(execute, cancellationToken);
    }

    public Task AbortAsync(CancellationToken cancellationToken) => RequestAsync(() => inner.AbortAsync(CancellationToken.None), cancellationToken);

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp)
    {
        _hasRows = true;
        inner.Add(key, value, hasValue, partition, timestamp);
    }

    public void Add(KafkaRecordBuilder record)
    {
        _hasRows = true;
        inner.Add(record);
    }

    public void Send() => inner.Send();

    public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task FenceAsync(CancellationToken cancellationToken)
    {
        _isFenced = true;
        return RequestAsync(() => inner.InitializeAsync(CancellationToken.None), cancellationToken);
    }

    private Task RequestAsync(Func<Task> execute, CancellationToken cancellationToken) => kafka.RequestAsync(
        async () =>
        {
            await execute().ConfigureAwait(false);
            return true;
        },
        cancellationToken);
}
