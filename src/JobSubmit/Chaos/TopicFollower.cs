using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>Reads a topic from its beginning while the job writes it, as any consumer with <c>isolation.level=read_committed</c> would.</summary>
internal sealed class TopicFollower : IAsyncDisposable
{
    private readonly IKafkaReader _reader;
    private readonly Action<OutputRecord> _onRecord;

    // Not disposed: a reader may wake once more after its end.
    private readonly SemaphoreSlim _wake = new(0);

    // The next offset to read, by partition. Used by the reading loop only.
    private readonly long[] _positions;
    private volatile Target? _target;

    /// <summary>Opens a reader.</summary>
    /// <param name="clients">Clients of Kafka.</param>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="onRecord">Called with each record.</param>
    public TopicFollower(IKafkaClients clients, KafkaConnection connection, string topic, int partitions, Action<OutputRecord> onRecord)
    {
        _onRecord = onRecord;
        _positions = new long[partitions];
        KafkaOffset[] from = [.. Enumerable.Range(0, partitions).Select(partition => new KafkaOffset(partition, 0))];
        _reader = clients.OpenReader(connection, topic, from, new KafkaReaderOptions(), () => _wake.Release());
    }

    /// <summary>Reads until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Handler handler = new(this);
            bool isDrained = _reader.Poll(ref handler);
            if (_target is { } target && target.Ends.All(end => _positions[end.Partition] >= end.High))
            {
                target.Reached.TrySetResult();
            }

            if (isDrained)
            {
                await _wake.WaitAsync(stop);
            }
        }
    }

    /// <summary>Waits until all records before these offsets are read.</summary>
    public Task ReachAsync(IReadOnlyList<KafkaWatermarks> ends)
    {
        Target target = new(ends);
        _target = target;
        _wake.Release();
        return target.Reached.Task;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private sealed record Target(IReadOnlyList<KafkaWatermarks> Ends)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly struct Handler(TopicFollower follower) : IKafkaRecordHandler
    {
        public bool OnRecord(in SourceRecord record)
        {
            int partition = (int)record.Position.Partition;
            follower._positions[partition] = record.Position.Offset + 1;
            follower._onRecord(new OutputRecord(partition, record.Position.Offset, CountedEvent.Parse(record.Value)));
            return true;
        }

        public void OnPartitionEof(int partition, long offset) => follower._positions[partition] = offset;

        public void OnEndOffset(int partition, long end, EventTime askedAt)
        {
            // Also counts records that are not committed yet.
        }

        public void OnUnreadable(int partition, long offset, string problem)
        {
            follower._positions[partition] = offset + 1;
            follower._onRecord(new OutputRecord(partition, offset, null));
        }
    }
}
