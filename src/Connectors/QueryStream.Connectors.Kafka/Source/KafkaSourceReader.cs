using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Reads the partitions of one subtask. Of n subtasks, subtask i reads the partitions at the indexes i, i + n, i + 2n … of the sorted list. The
/// consumer group assigns no partitions.
/// </summary>
internal sealed partial class KafkaSourceReader<T> : ISourceReader<T>
{
    /// <summary>The queue limit of all subtasks together, which share it evenly.</summary>
    private const int QueuedBytes = 16 * 1024 * 1024;

    private const int MinQueuedBytes = 2 * 1024 * 1024;

    private KafkaSourceOptions _options;
    private readonly SourceContext _context;
    private readonly RecordDecoder<T> _decoder;
    private readonly HeldRecord<T> _held = new();
    private readonly ILogger _logger;
    private readonly List<IKafkaReader> _readers = [];
    private readonly List<Task> _closing = [];

    // Indexed by split.
    private readonly List<PartitionProgress> _partitions = [];

    // The split of each partition number; -1 for partitions of other subtasks.
    private int[] _splits = [];
    private int _live;
    private KafkaTopic? _topic;
    private IKafkaAdmin? _admin;
    private OffsetCommitter? _committer;
    private TopicWatch? _watch;
    private int _nextReader;
    private int _generation;
    private bool _hasStarted;
    private bool _isDisposed;

    public KafkaSourceReader(KafkaSourceOptions options, RecordDecoder<T> decoder, SourceContext context)
    {
        _options = options;
        _decoder = decoder;
        _context = context;
        _logger = context.Loggers.CreateLogger("QueryStream.Connectors.Kafka.Source");
    }

    private EventTime Now => EventTime.From(_context.Time.GetUtcNow());

    public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        _options = _options.ResolvedBy(_context.Service<IKafkaClients>());
        return OpenTimeout.RunAsync(_options.Address, _context.Time, OpenInTimeAsync, cancellationToken);
    }

    public SourcePoll Poll(SourceBatch<T> batch)
    {
        StartTimers();
        ReportStarts(batch);
        bool isDrained = true;
        if (_live > 0)
        {
            // Each poll starts with another reader, so that none starves.
            RecordHandler<T> handler = new(_options, _decoder, _held, batch, _partitions, _splits, _logger);
            isDrained = handler.TryAddHeld();
            for (int i = 0; i < _readers.Count && isDrained; i++)
            {
                isDrained = _readers[(_nextReader + i) % _readers.Count].Poll(ref handler);
            }

            _nextReader++;
        }

        CheckTopic(batch, isDrained);
        ReportEnds(batch);
        if (_live == 0 && _options.IsBounded)
        {
            return SourcePoll.End;
        }

        return isDrained ? SourcePoll.Wait : SourcePoll.More;
    }

    /// <summary>The id of the split's topic, which distinguishes it from a later topic of the same name.</summary>
    public ReadOnlyMemory<byte> SnapshotSplit(int split) => Encoding.UTF8.GetBytes(_partitions[split].TopicId);

    /// <summary>Up to the high watermark, and in a bounded source at most to the end that the partition had when it was opened.</summary>
    public long? PendingRecords(int split)
    {
        PartitionProgress partition = _partitions[split];
        if (partition.IsEnded)
        {
            return 0;
        }

        foreach (IKafkaReader reader in _readers)
        {
            if (reader.KnownEnd(partition.Partition) is { } end)
            {
                return Math.Max(0, Math.Min(end, partition.End) - partition.Position);
            }
        }

        return null;
    }

    public void CheckpointCompleted(CheckpointId checkpoint, IReadOnlyList<SplitPosition> positions) =>
        _committer?.Commit(PositionsOf(positions));

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        CloseReaders();
        await Task.WhenAll(_closing).ConfigureAwait(false);
        if (_committer is not null)
        {
            await _committer.CloseAsync().ConfigureAwait(false);
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
        KafkaTopic topic = await _admin.RequireTopicAsync(_options.Address, _options.Topic, cancellationToken).ConfigureAwait(false);
        _topic = topic;
        int[] own = [.. topic.Partitions.Where((_, place) => IsOwn(place))];
        RestoredOffsets restored = RestoredOffsets.Of(topic, _context);
        if (restored.ReplacedId is { } replaced)
        {
            if (_options.WhenRecreated == KafkaRecreatedTopic.Fail)
            {
                throw Recreated(replaced, topic.Id);
            }

            _logger.TopicRecreated(_options.Topic, replaced, topic.Id, topic.Partitions.Count);
        }

        StartPositions start = new(_admin, _options, restored, _logger);
        _partitions.AddRange(await start.FindAsync(topic, own, cancellationToken).ConfigureAwait(false));
        _live = _partitions.Count;
        for (int i = 0; i < _partitions.Count; i++)
        {
            MapSplit(_partitions[i].Partition, i);
        }

        OpenReader(_partitions);
        if (_options.GroupId.Length > 0)
        {
            _committer = new OffsetCommitter(_admin, _options, _context, CurrentPositions, _logger);
        }

        _watch = new TopicWatch(_admin, _options.Topic, _options.PartitionDiscoveryInterval ?? KafkaSourceOptions.DefaultInterval, _context);
        _logger.SourceOpened(
            _options.Topic, own.Length, topic.Partitions.Count, _options.Start.ToString(), _options.IsBounded ? " to the present end" : "");
        return [.. _partitions.Select(p => NameOf(p.Partition))];
    }

    private void StartTimers()
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            _watch!.Start();
            _committer?.Start();
        }
    }

    private string NameOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"{_options.Topic}-{partition}");

    private bool IsOwn(int place) => place % _context.Parallelism == _context.Task.Subtask;

    private void MapSplit(int partition, int split)
    {
        if (_splits.Length <= partition)
        {
            int known = _splits.Length;
            Array.Resize(ref _splits, partition + 1);
            Array.Fill(_splits, -1, known, _splits.Length - known);
        }

        _splits[partition] = split;
    }

    // A snapshot must hold the start offset of each partition: "latest", a timestamp or a group's offsets would mean another one after a restore.
    private void ReportStarts(SourceBatch<T> batch)
    {
        for (int split = 0; split < _partitions.Count; split++)
        {
            PartitionProgress partition = _partitions[split];
            if (!partition.IsStartReported)
            {
                partition.IsStartReported = true;
                batch.BeginSplit(split);
                batch.Pass(partition.Position - 1);
            }
        }
    }

    private void ReportEnds(SourceBatch<T> batch)
    {
        for (int split = 0; split < _partitions.Count; split++)
        {
            PartitionProgress partition = _partitions[split];
            partition.HasNewRecords = false;
            if (partition.IsEnded && !partition.IsEndReported)
            {
                partition.IsEndReported = true;
                batch.EndSplit(split);
                _live--;
            }
        }
    }

    private void OpenReader(IReadOnlyList<PartitionProgress> partitions)
    {
        // Partitions that have ended already are not fetched.
        KafkaOffset[] from = [.. partitions.Where(p => !p.IsEnded).Select(p => new KafkaOffset(p.Partition, p.Position))];
        if (from.Length > 0)
        {
            KafkaReaderOptions options = new(Math.Max(MinQueuedBytes, QueuedBytes / _context.Parallelism), _topic!.Partitions.Count, _generation);
            _readers.Add(_context.Service<IKafkaClients>().OpenReader(_options.Connection, _options.Topic, from, options, _context.Wake));
        }
    }

    private void CloseReaders()
    {
        _closing.AddRange(_readers.Select(reader => reader.DisposeAsync().AsTask()));
        _readers.Clear();
    }

    private IEnumerable<KafkaOffset> CurrentPositions() =>
        _partitions.Where(partition => !partition.IsGone).Select(partition => new KafkaOffset(partition.Partition, partition.Position));

    // Skips positions of a topic that was deleted meanwhile: they are invalid for the present topic of that name.
    private IEnumerable<KafkaOffset> PositionsOf(IReadOnlyList<SplitPosition> positions)
    {
        foreach (SplitPosition position in positions)
        {
            PartitionProgress? partition = _partitions.Find(partition => !partition.IsGone && NameOf(partition.Partition) == position.Split);
            if (partition is not null && RestoredOffsets.IsOf(partition.TopicId, position.State))
            {
                yield return new KafkaOffset(partition.Partition, position.Offset + 1);
            }
        }
    }
}
