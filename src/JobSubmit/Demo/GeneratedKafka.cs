using System.Collections.Concurrent;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics.Generation;

namespace QueryStream.JobSubmit.Demo;

/// <summary>The generated topic of a demo.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Rate">Events per second.</param>
/// <param name="Duration">How long it is filled; null: without end.</param>
/// <param name="Seed">Decides everything about the events except their times.</param>
internal sealed record GeneratedKafkaOptions(string Topic, int Partitions, int Rate, TimeSpan? Duration, ulong Seed);

/// <summary>
/// A Kafka in memory with one topic, which a generator fills in real time. Unlike a real topic it may end: a bounded source sees a far
/// end at the start, and reaches it when the generator has ended.
/// </summary>
internal sealed class GeneratedKafka : IKafkaClients
{
    /// <summary>The end offset that bounded sources see.</summary>
    internal const long AnnouncedEnd = long.MaxValue - 1;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly InMemoryKafka _kafka;
    private readonly GeneratedKafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly QueryGenerator _generator;
    private readonly ConcurrentBag<Action> _wakeReaders = [];

    // The event that a full topic has refused; appended first when there is room.
    private byte[]? _refused;
    private long _appended;

    // Set after the last event is appended: a reader that sees it and then finds no more events has read all.
    private volatile bool _hasEnded;

    /// <summary>Creates the topic, still empty.</summary>
    /// <param name="kafka">Holds the topic.</param>
    /// <param name="options">What is generated.</param>
    /// <param name="time">The clock.</param>
    public GeneratedKafka(InMemoryKafka kafka, GeneratedKafkaOptions options, TimeProvider time)
    {
        _kafka = kafka;
        _options = options;
        _time = time;
        _generator = new QueryGenerator(QueryKind.Queries, options.Seed);
        kafka.CreateTopic(options.Topic, options.Partitions);
    }

    /// <summary>Whether the generator has ended.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Fills the topic for its duration. Called once.</summary>
    public async Task FillAsync(CancellationToken stop)
    {
        EventTime first = EventTime.From(_time.GetUtcNow());
        long start = _time.GetTimestamp();
        using PeriodicTimer timer = new(Tick, _time);
        for (TimeSpan elapsed = TimeSpan.Zero; !(elapsed >= _options.Duration); elapsed = _time.GetElapsedTime(start))
        {
            Append(first, elapsed);
            await timer.WaitForNextTickAsync(stop);
        }

        Append(first, _options.Duration.Value);
        _hasEnded = true;
        foreach (Action wake in _wakeReaders)
        {
            wake();
        }
    }

    /// <inheritdoc/>
    public IKafkaAdmin OpenAdmin(KafkaConnection connection) => _options.Duration is null
        ? _kafka.OpenAdmin(connection)
        : new GeneratedKafkaAdmin(_kafka.OpenAdmin(connection), _options.Topic);

    /// <inheritdoc/>
    public IKafkaReader OpenReader(KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake)
    {
        IKafkaReader reader = _kafka.OpenReader(connection, topic, from, options, wake);
        if (topic != _options.Topic || _options.Duration is null)
        {
            return reader;
        }

        _wakeReaders.Add(wake);
        return new GeneratedKafkaReader(this, reader, [.. from.Select(offset => offset.Partition)]);
    }

    /// <inheritdoc/>
    public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener) =>
        _kafka.OpenProducer(connection, topic, listener);

    /// <inheritdoc/>
    public IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener) =>
        _kafka.OpenTransactionalProducer(connection, topic, options, listener);

    // Where the topic is full because the job is behind, due events are appended by a later tick.
    private void Append(EventTime first, TimeSpan elapsed)
    {
        long due = (long)((Int128)elapsed.Ticks * _options.Rate / TimeSpan.TicksPerSecond);
        for (; _appended < due; _appended++)
        {
            int partition = (int)(_appended % _options.Partitions);
            EventTime at = first.Add((long)((Int128)_appended * 1_000 / _options.Rate));
            ReadOnlySpan<byte> value = _refused is null ? _generator.Next(at) : _refused;
            if (!_kafka.TryAppend(_options.Topic, partition, [], value, at))
            {
                _refused ??= value.ToArray();
                return;
            }

            _refused = null;
        }
    }
}
