using QueryStream.Connectors.Kafka;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;

namespace QueryStream.Simulation.Services;

/// <summary>
/// The Kafka cluster as the clients of one process see it: requests take time, the cluster may be unreachable, and what is on its way when the
/// process dies still arrives.
/// </summary>
/// <param name="cluster">The cluster, which outlives the process.</param>
/// <param name="world">The clock of the world.</param>
/// <param name="time">The process's clock.</param>
/// <param name="faults">What is wrong at the moment.</param>
/// <param name="random">Draws delays and sizes of polls.</param>
/// <param name="plan">What is drawn from the seed: the number of records that a fetch brings, and the input.</param>
internal sealed class SimulatedKafka(
    InMemoryKafka cluster, ManualTime world, ProcessTime time, ActiveFaults faults, SeededRandom random, SimulationPlan plan)
    : IKafkaClients
{
    private const int MaxDelay = 40;

    // Some requests of transactions take so long that the next process runs when they arrive.
    private const int SlowFactor = 80;

    // A commit that the process does not survive arrives by then.
    private const int MaxLateMilliseconds = 4_000;

    // How many records a reader is ahead of the job that takes what is polled for what is processed.
    private const int Ahead = 3;

    private readonly List<Reader> _readers = [];
    private readonly List<Action> _whenUp = [];
    private readonly Dictionary<(string Topic, int Partition), long> _positions = [];

    public bool SourceIsDown => faults.SourceIsDown;

    public bool SinkIsDown => faults.SinkIsDown;

    /// <summary>Whether a topic is read to its middle, and its rest is held back.</summary>
    public bool IsHeld(string topic) => faults.HoldsInput && _positions.Any(position => position.Key.Topic == topic
        && position.Value * 2 >= plan.Inputs.First(input => input.Topic == topic).Partitions[position.Key.Partition].Count);

    public bool IsAhead => faults.Has(Mutation.OffsetPolledInsteadOfProcessed);

    public bool FencesLate => faults.Has(Mutation.MarkerReadBeforeFencing);

    public IKafkaAdmin OpenAdmin(KafkaConnection connection) => new SimulatedKafkaAdmin(this, cluster.OpenAdmin(connection), faults);

    public IKafkaReader OpenReader(
        KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake)
    {
        foreach (KafkaOffset offset in from)
        {
            _positions[(topic, offset.Partition)] = offset.Offset;
        }

        Reader reader = new(this, topic, cluster.OpenReader(connection, topic, from, options, wake), wake);
        _readers.Add(reader);
        return reader;
    }

    public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener)
    {
        AcknowledgedListener acknowledged = new();
        return new SimulatedProducer(this, cluster.OpenProducer(connection, topic, acknowledged), acknowledged, listener);
    }

    public IKafkaTransactionalProducer OpenTransactionalProducer(
        KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener) =>
        new SimulatedTransactionalProducer(
            this, cluster.OpenTransactionalProducer(connection, topic, options with { Id = WriterOf(options.Id) }, listener));

    /// <summary>The id of a transactional writer, whose last parts are the job, the sink, the subtask and the attempt.</summary>
    public string WriterOf(string id)
    {
        string[] parts = id.Split('-');
        return faults.Has(Mutation.MarkersReused) ? string.Join('-', [.. parts[..^4], .. parts[^3..^1]]) : id;
    }

    /// <summary>The offset of the next record that the process reads of a partition.</summary>
    public long PositionOf(string topic, int partition) => _positions.GetValueOrDefault((topic, partition));

    /// <summary>The process has died: its connections close.</summary>
    public void Kill()
    {
        foreach (Reader reader in _readers)
        {
            _ = reader.CloseAsync();
        }
    }

    /// <summary>Connections work again: everybody tries again.</summary>
    public void WakeAll()
    {
        _readers.ForEach(reader => reader.Wake());
        Action[] waiting = [.. _whenUp];
        _whenUp.Clear();
        Array.ForEach(waiting, call => call());
    }

    /// <summary>Calls back at the next <see cref="WakeAll"/>.</summary>
    public void WhenUp(Action call) => _whenUp.Add(call);

    public TimeSpan Delay() => TimeSpan.FromTicks((1 + random.Next(MaxDelay)) * TimeSpan.TicksPerMillisecond);

    public Task WaitAsync() => Delays.AfterAsync(time, Delay());

    /// <summary>The cluster executes a request after a delay, whether or not the process still lives, and the answer takes time too.</summary>
    public async Task<TResult> RequestAsync<TResult>(Func<Task<TResult>> execute, CancellationToken cancellationToken)
    {
        while (faults.SinkIsDown)
        {
            // A client retries by itself until its call is given up.
            await WaitAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await Delays.AfterAsync(world, random.Next(4) == 0 ? Delay() * SlowFactor : Delay()).ConfigureAwait(false);
        TResult result;
        try
        {
            result = await execute().ConfigureAwait(false);
        }
        catch (QueryStreamException)
        {
            await WaitAsync().ConfigureAwait(false);
            throw;
        }

        await WaitAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>A marker was read.</summary>
    public void OnMarkerRead() => faults.OnMarkerRead();

    /// <summary>Whether the machine crashes with the commit that begins now.</summary>
    public bool CrashesInCommit() => faults.CrashesInCommit();

    /// <summary>A request whose answer nobody waits for: it arrives while the machine is down, or when the next process runs, or never.</summary>
    public async Task ArriveLateAsync(Func<Task> execute)
    {
        TaskCompletionSource arrival = new();
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                TimeSpan delay = TimeSpan.FromTicks(random.Next(MaxLateMilliseconds) * TimeSpan.TicksPerMillisecond);
                _ = world.CreateTimer(_ => arrival.SetResult(), null, delay, Timeout.InfiniteTimeSpan);
                break;
            default:
                // Whoever reads the marker before he fences the producer finds it wrong.
                faults.LateCommits.Add(arrival);
                break;
        }

        await arrival.Task.ConfigureAwait(false);
        try
        {
            await execute().ConfigureAwait(false);
        }
        catch (QueryStreamException)
        {
            // Fenced, or expired. Nobody is there any more who could be told.
        }

        await WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Runs something after a delay of the process, unless it dies before.</summary>
    public void Later(Action action) => _ = time.CreateTimer(_ => action(), null, Delay(), Timeout.InfiniteTimeSpan);

    private int NextPoll() => 1 + random.Next(random.Next(3) == 0 ? 8 : plan.MaxPoll);

    // Limits each poll to a random number of records, which decides the sizes of batches.
    private ref struct Limited<THandler>(SimulatedKafka kafka, string topic, THandler inner, int limit) : IKafkaRecordHandler
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        private int _left = limit;

        public THandler Inner = inner;

        public bool OnRecord(in SourceRecord record)
        {
            kafka._positions[(topic, record.Position.Partition)] = record.Position.Offset + 1;
            bool continues = kafka.IsAhead
                ? Inner.OnRecord(new SourceRecord(
                    record.Key, record.Value, record.HasValue, record.Timestamp, record.Position with { Offset = record.Position.Offset + Ahead }))
                : Inner.OnRecord(record);
            return continues & (--_left > 0);
        }

        public void OnPartitionEof(int partition, long offset) => Inner.OnPartitionEof(partition, offset);

        public void OnEndOffset(int partition, long end, EventTime askedAt) => Inner.OnEndOffset(partition, end, askedAt);

        public void OnUnreadable(int partition, long offset, string problem) => Inner.OnUnreadable(partition, offset, problem);
    }

    private sealed class Reader(SimulatedKafka kafka, string topic, IKafkaReader inner, Action wake) : IKafkaReader
    {
        private bool _isClosed;
        private bool _isFetching;

        public bool IsTopicReplaced => inner.IsTopicReplaced;

        public bool Poll<THandler>(ref THandler handler)
            where THandler : struct, IKafkaRecordHandler, allows ref struct
        {
            if (kafka.SourceIsDown || _isFetching || kafka.IsHeld(topic))
            {
                return true;
            }

            Limited<THandler> limited = new(kafka, topic, handler, kafka.NextPoll());
            bool isDrained = inner.Poll(ref limited);
            handler = limited.Inner;
            if (!isDrained)
            {
                // The next fetch is on its way.
                _isFetching = true;
                kafka.Later(OnFetched);
            }

            return true;
        }

        public long? KnownEnd(int partition) => inner.KnownEnd(partition);

        private void OnFetched()
        {
            _isFetching = false;
            Wake();
        }

        public void Wake()
        {
            if (!_isClosed)
            {
                wake();
            }
        }

        public ValueTask DisposeAsync() => CloseAsync();

        public ValueTask CloseAsync()
        {
            if (_isClosed)
            {
                return ValueTask.CompletedTask;
            }

            _isClosed = true;
            return inner.DisposeAsync();
        }
    }
}
