using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Reads the partitions of one subtask. Those with the indexes i, i + n, i + 2n … in the order of their numbers belong to subtask i of n;
/// the group assigns nothing.
/// </summary>
internal sealed class KafkaSourceReader<T> : ISourceReader<T>
{
    /// <summary>For all subtasks of a process together; each has its share, since each may be behind.</summary>
    private const int QueuedBytes = 16 * 1024 * 1024;

    private const int LeastQueuedBytes = 2 * 1024 * 1024;

    private readonly KafkaSourceOptions _options;
    private readonly SourceContext _context;
    private readonly RecordDecoder<T> _decoder;
    private readonly HeldRecord<T> _held = new();
    private readonly ILogger _logger;

    // Replaced as a whole, by the task only; read by the committer too.
    private volatile PartitionProgress[] _partitions = [];

    // The index in _partitions by the partition's number; -1 for those of other subtasks.
    private int[] _splits = [];
    private int _live;

    // Those whose beginnings the snapshots have.
    private int _begun;
    private IKafkaAdmin? _admin;
    private readonly List<IKafkaReader> _readers = [];
    private int _nextReader;
    private int _generation;
    private OffsetCommitter? _committer;
    private PartitionWatch? _watch;
    private bool _isDisposed;

    public KafkaSourceReader(KafkaSourceOptions options, RecordDecoder<T> decoder, SourceContext context)
    {
        _options = options;
        _decoder = decoder;
        _context = context;
        _logger = context.Loggers.CreateLogger("QueryStream.Connectors.Kafka.Source");
    }

    public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
        Opening.InTimeAsync(_options.BootstrapServers, _context.Time, OpenInTimeAsync, cancellationToken);

    public SourcePoll Poll(SourceBatch<T> batch)
    {
        TakeNewPartitions(batch);
        TellBeginnings(batch);
        bool isDrained = true;
        if (_live > 0)
        {
            // Whoever has stopped a poll is the first of the next one's last, so that none of them starves.
            SourceVisitor<T> visitor = new(_options, _decoder, _held, batch, _partitions, _splits);
            isDrained = visitor.TryAddHeld();
            for (int i = 0; i < _readers.Count && isDrained; i++)
            {
                isDrained = _readers[(_nextReader + i) % _readers.Count].Poll(ref visitor);
            }

            _nextReader++;
        }

        ReportEnds(batch);
        if (_live == 0 && _options.IsBounded)
        {
            return SourcePoll.End;
        }

        return isDrained ? SourcePoll.Wait : SourcePoll.More;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (IKafkaReader reader in _readers)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        if (_committer is not null)
        {
            await _committer.DisposeAsync().ConfigureAwait(false);
        }

        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> OpenInTimeAsync(CancellationToken cancellationToken)
    {
        IKafkaClients clients = _context.Service<IKafkaClients>();
        _admin = clients.OpenAdmin(_options.Connection);
        KafkaTopic topic = await _admin.RequireTopicAsync(_options.BootstrapServers, _options.Topic, cancellationToken).ConfigureAwait(false);
        int[] own = [.. topic.Partitions.Where((_, place) => IsOwn(place))];
        _partitions = await new StartPositions(_admin, _options, RestoredOffsets(topic), _logger).FindAsync(own, cancellationToken).ConfigureAwait(false);
        _live = _partitions.Length;
        _splits = new int[topic.Partitions.Count == 0 ? 0 : topic.Partitions[^1] + 1];
        Array.Fill(_splits, -1);
        for (int i = 0; i < _partitions.Length; i++)
        {
            _splits[_partitions[i].Partition] = i;
        }

        OpenReader(clients, _partitions);
        if (!_options.IsBounded && _options.DiscoverEvery is { } every)
        {
            _watch = new PartitionWatch(_admin, topic, every, IsOwn, new WatchContext(_context.Time, _logger, _context.Wake));
        }

        _logger.SourceOpened(
            _options.Topic, own.Length, topic.Partitions.Count, _options.Start.ToString(), _options.IsBounded ? " to the present end" : "");
        return [.. _partitions.Select(p => NameOf(p.Partition))];
    }

    private string NameOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"{_options.Topic}-{partition}");

    private Dictionary<int, long> RestoredOffsets(KafkaTopic topic)
    {
        Dictionary<int, long> offsets = [];
        foreach (int partition in topic.Partitions)
        {
            if (_context.Restored.TryGetValue(NameOf(partition), out long offset))
            {
                offsets.Add(partition, offset);
            }
        }

        return offsets;
    }

    private bool IsOwn(int place) => place % _context.Parallelism == _context.Task.Subtask;

    // Partitions that the topic has got since: from their beginning, or behind what a snapshot has of them.
    private void TakeNewPartitions(SourceBatch<T> batch)
    {
        if (_watch is null || !_watch.TryTake(out KafkaWatermarks found))
        {
            return;
        }

        List<PartitionProgress> added = [];
        do
        {
            string name = NameOf(found.Partition);
            long start = _context.Restored.TryGetValue(name, out long offset) ? offset + 1 : found.Low;
            added.Add(new PartitionProgress(found.Partition, start, long.MaxValue));
            if (_splits.Length <= found.Partition)
            {
                int known = _splits.Length;
                Array.Resize(ref _splits, found.Partition + 1);
                Array.Fill(_splits, -1, known, _splits.Length - known);
            }

            _splits[found.Partition] = batch.AddSplit(name);
        }
        while (_watch.TryTake(out found));

        _generation++;
        _live += added.Count;
        _partitions = [.. _partitions, .. added];
        OpenReader(_context.Service<IKafkaClients>(), added);
    }

    // What "latest", a time or a group said when the source was opened, they may say differently after a restore.
    private void TellBeginnings(SourceBatch<T> batch)
    {
        for (; _begun < _partitions.Length; _begun++)
        {
            batch.BeginSplit(_begun);
            batch.Pass(_partitions[_begun].Position - 1);
        }
    }

    private void OpenReader(IKafkaClients clients, IReadOnlyList<PartitionProgress> partitions)
    {
        // A partition that has ended already is not fetched at all.
        KafkaOffset[] from = [.. partitions.Where(p => !p.IsEnded).Select(p => new KafkaOffset(p.Partition, p.Position))];
        if (from.Length == 0)
        {
            return;
        }

        KafkaReaderOptions options = new(Math.Max(LeastQueuedBytes, QueuedBytes / _context.Parallelism), _generation);
        _readers.Add(clients.OpenReader(_options.Connection, _options.Topic, from, options, _context.Wake));
        if (_options.GroupId.Length > 0)
        {
            _committer ??= new OffsetCommitter(_admin!, _options, () => _partitions, _context.Time, _logger);
        }
    }

    private void ReportEnds(SourceBatch<T> batch)
    {
        for (int i = 0; i < _partitions.Length; i++)
        {
            PartitionProgress partition = _partitions[i];
            partition.HasNews = false;
            if (partition.IsEnded && !partition.IsEndReported)
            {
                partition.IsEndReported = true;
                batch.EndSplit(i);
                _live--;
            }
        }
    }
}
