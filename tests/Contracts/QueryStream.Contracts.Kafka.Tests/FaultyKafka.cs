using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The process has crashed: it reaches nothing any more.</summary>
public sealed class ProcessCrashedException() : Exception("The simulated process has crashed.");

/// <summary>
/// The cluster as one process sees it. Requests that concern transactions are steps. At a chosen step, before or after the cluster has done it, the
/// process crashes, or the request fails. What a crashed process has opened stays as it is, as a real one leaves it.
/// </summary>
public sealed class FaultyKafka(IKafkaClients clients) : IKafkaClients, IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];
    private int _steps;
    private volatile bool _hasCrashed;

    /// <summary>The number of steps so far.</summary>
    public int Steps => _steps;

    /// <summary>The step that fails, from 1; null: none.</summary>
    public int? FaultAt { get; init; }

    /// <summary>Whether the cluster does the failing step.</summary>
    public bool FailsAfterwards { get; init; }

    /// <summary>The error of the failing step; null: the process crashes.</summary>
    public Func<Exception>? Error { get; init; }

    /// <summary>Called before each step with its name: init, marker, begin, send, commit, abort.</summary>
    public Func<string, Task>? Before { get; set; }

    public bool HasCrashed => _hasCrashed;

    public string BootstrapServers => clients.BootstrapServers;

    /// <summary>From now on, the process reaches nothing.</summary>
    public void Crash() => _hasCrashed = true;

    public IKafkaAdmin OpenAdmin(KafkaConnection connection) => new FaultyAdmin(this, clients.OpenAdmin(connection));

    public IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake) =>
        clients.OpenReader(connection, topic, from, options, wake);

    public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener) =>
        clients.OpenProducer(connection, topic, listener);

    public IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener)
    {
        IKafkaTransactionalProducer inner = clients.OpenTransactionalProducer(connection, topic, options, listener);
        lock (_opened)
        {
            _opened.Add(inner);
        }

        return new FaultyProducer(this, inner);
    }

    /// <summary>Closes what a crashed process has left open, when the test is over.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable opened in _opened)
        {
            await opened.DisposeAsync();
        }
    }

    private async Task<T> StepAsync<T>(string name, Func<Task<T>> request)
    {
        bool fails = Begin();
        if (Before is { } before)
        {
            await before(name);
        }

        ThrowIf(_hasCrashed || (fails && !FailsAfterwards));
        T result = await request();
        ThrowIf(fails);
        return result;
    }

    private Task StepAsync(string name, Func<Task> request) => StepAsync(name, async () =>
    {
        await request();
        return true;
    });

    private bool Begin()
    {
        ThrowIf(_hasCrashed);
        return Interlocked.Increment(ref _steps) == FaultAt;
    }

    private void ThrowIf(bool fails)
    {
        if (fails)
        {
            _hasCrashed |= Error is null;
            throw _hasCrashed ? new ProcessCrashedException() : Error!();
        }
    }

    private sealed class FaultyProducer(FaultyKafka kafka, IKafkaTransactionalProducer inner) : IKafkaTransactionalProducer
    {
        public bool IsFull => inner.IsFull;

        public long Unacknowledged => inner.Unacknowledged;

        public Task InitializeAsync(CancellationToken cancellationToken) =>
            kafka.StepAsync("init", () => inner.InitializeAsync(cancellationToken));

        public Task BeginAsync(CancellationToken cancellationToken) => kafka.StepAsync("begin", () => inner.BeginAsync(cancellationToken));

        public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp) =>
            inner.Add(key, value, hasValue, partition, timestamp);

        public void Add(KafkaRecordBuilder record) => inner.Add(record);

        public void Send()
        {
            bool fails = kafka.Begin();
            kafka.ThrowIf(fails && !kafka.FailsAfterwards);
            inner.Send();
            kafka.ThrowIf(fails);
        }

        public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken) =>
            kafka.StepAsync("commit", () => inner.CommitAsync(group, offset, cancellationToken));

        // A crashed process does not clean up.
        public Task AbortAsync(CancellationToken cancellationToken) =>
            kafka._hasCrashed ? Task.CompletedTask : kafka.StepAsync("abort", () => inner.AbortAsync(cancellationToken));

        public async ValueTask DisposeAsync()
        {
            if (!kafka._hasCrashed)
            {
                await inner.DisposeAsync();
            }
        }
    }

    private sealed class FaultyAdmin(FaultyKafka kafka, IKafkaAdmin inner) : IKafkaAdmin
    {
        public Task<KafkaTopic?> FindTopicAsync(string topic, CancellationToken cancellationToken) => inner.FindTopicAsync(topic, cancellationToken);

        public Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellationToken) => inner.ListTopicsAsync(cancellationToken);

        public Task<bool> CreateTopicAsync(
            string topic, int partitions, IReadOnlyDictionary<string, string>? config, CancellationToken cancellationToken) =>
            inner.CreateTopicAsync(topic, partitions, config, cancellationToken);

        public Task<bool> DeleteTopicAsync(string topic, CancellationToken cancellationToken) => inner.DeleteTopicAsync(topic, cancellationToken);

        public Task AddPartitionsAsync(string topic, int partitions, CancellationToken cancellationToken) =>
            inner.AddPartitionsAsync(topic, partitions, cancellationToken);

        public Task<IReadOnlyList<KafkaWatermarks>> WatermarksAsync(
            string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            inner.WatermarksAsync(topic, partitions, cancellationToken);

        public Task<IReadOnlyList<long?>> OffsetsForTimeAsync(
            string topic, IReadOnlyList<int> partitions, EventTime time, CancellationToken cancellationToken) =>
            inner.OffsetsForTimeAsync(topic, partitions, time, cancellationToken);

        public Task<IReadOnlyList<long?>> CommittedAsync(string topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken) =>
            inner.CommittedAsync(topic, partitions, cancellationToken);

        public Task CommitAsync(string topic, IReadOnlyList<KafkaOffset> positions, CancellationToken cancellationToken) =>
            inner.CommitAsync(topic, positions, cancellationToken);

        public Task<long?> GroupOffsetAsync(string group, string topic, int partition, CancellationToken cancellationToken) =>
            kafka.StepAsync("marker", () => inner.GroupOffsetAsync(group, topic, partition, cancellationToken));

        public Task<string?> BrokerSettingAsync(string name, CancellationToken cancellationToken) =>
            inner.BrokerSettingAsync(name, cancellationToken);

        public Task<string?> TopicSettingAsync(string topic, string name, CancellationToken cancellationToken) =>
            inner.TopicSettingAsync(topic, name, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
