using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Reacts to added partitions, and to a topic that was deleted or recreated.</summary>
internal sealed partial class KafkaSourceReader<T>
{
    /// <summary>A broker that has just started may not know a topic yet, so two lookups in a row confirm a deletion.</summary>
    private const int LookupsThatConfirmDeletion = 2;

    private int _missingLookups;
    private bool _isRefused;

    // When a reader first suspected that the topic was replaced. Only a lookup sent later decides.
    private EventTime? _suspectedSince;

    private void CheckTopic(SourceBatch<T> batch, bool isDrained)
    {
        if (_options.IsBounded && _live == 0)
        {
            return;
        }

        if (_suspectedSince is null && _readers.Exists(static reader => reader.IsTopicReplaced))
        {
            _suspectedSince = Now;
            _watch!.LookUpNow();
        }

        if (_watch!.Take() is not { } answer || answer.AskedAt < _suspectedSince)
        {
            return;
        }

        if (answer.Refusal is { } refusal)
        {
            OnRefused(refusal);
        }
        else if (answer.Topic is not { } topic)
        {
            OnMissing(batch, answer.AskedAt, isDrained);
        }
        else if (topic.Id != _topic!.Id && topic.Id.Length > 0 && _topic.Id.Length > 0)
        {
            OnReplaced(batch, topic);
        }
        else
        {
            OnPresent(batch, topic);
        }
    }

    private void OnRefused(string refusal)
    {
        if (!_isRefused)
        {
            _isRefused = true;
            _context.ShowProblem(refusal);
            _logger.TopicRefused(_options.Topic, refusal);
        }
    }

    // A deleted topic delivers nothing, which proves that its partitions are idle: event time advances by the rules for them.
    private void OnMissing(SourceBatch<T> batch, EventTime askedAt, bool isDrained)
    {
        _missingLookups++;
        if (_missingLookups == LookupsThatConfirmDeletion)
        {
            _context.ShowProblem($"topic '{_options.Topic}' was deleted");
            _logger.TopicDeleted(_options.Topic, _options.Address);
            if (_options.IsBounded)
            {
                _context.Fail(new ServiceRefusedException(
                    "Kafka", $"Topic '{_options.Topic}' of {_options.Address} was deleted before it was read to its end."));
            }
        }

        for (int split = 0; _missingLookups >= LookupsThatConfirmDeletion && isDrained && split < _partitions.Count; split++)
        {
            if (!_partitions[split].IsEnded && !_partitions[split].HasNewRecords)
            {
                batch.ConfirmEnd(split, askedAt);
            }
        }
    }

    private void OnReplaced(SourceBatch<T> batch, KafkaTopic topic)
    {
        string old = _topic!.Id;
        if (_options.IsBounded || _options.WhenRecreated == KafkaRecreatedTopic.Fail)
        {
            _context.Fail(Recreated(old, topic.Id));
            return;
        }

        _logger.TopicRecreated(_options.Topic, old, topic.Id, topic.Partitions.Count);
        _context.ShowProblem($"topic '{_options.Topic}' was deleted and created again; the new one is read from its beginning");
        CloseReaders();
        _held.Clear();
        _topic = topic;
        (_missingLookups, _isRefused, _suspectedSince) = (0, false, null);
        HashSet<int> own = [.. topic.Partitions.Where((_, place) => IsOwn(place))];
        for (int split = 0; split < _partitions.Count; split++)
        {
            PartitionProgress partition = _partitions[split];
            if (partition.IsGone)
            {
                continue;
            }

            if (own.Remove(partition.Partition))
            {
                _partitions[split] = new PartitionProgress(topic.Id, partition.Partition, 0, long.MaxValue);
            }
            else
            {
                partition.Remove();
            }
        }

        _generation++;
        AddPartitions(batch, own);
        ReportStarts(batch);
        OpenReader(_partitions);
    }

    private void OnPresent(SourceBatch<T> batch, KafkaTopic topic)
    {
        if (_missingLookups >= LookupsThatConfirmDeletion || _isRefused)
        {
            _context.ShowProblem(null);
            _logger.TopicBack(_options.Topic);
        }

        (_missingLookups, _isRefused) = (0, false);
        if (_suspectedSince is not null)
        {
            // The topic was not replaced, but the suspecting readers have stopped.
            _suspectedSince = null;
            CloseReaders();
            _generation++;
            OpenReader(_partitions);
        }

        int known = _topic!.Partitions.Count;
        if (topic.Partitions.Count > known && !_options.IsBounded && _options.PartitionDiscoveryInterval is not null)
        {
            int[] own = [.. topic.Partitions.Where((_, place) => place >= known && IsOwn(place))];
            _logger.TopicHasGrown(_options.Topic, topic.Partitions.Count, known, own.Length);
            _topic = topic;
            _generation++;
            OpenReader(AddPartitions(batch, own));
        }
    }

    // Event time waits for the first record of each new partition, or until it is proven to be idle.
    private List<PartitionProgress> AddPartitions(SourceBatch<T> batch, IEnumerable<int> numbers)
    {
        List<PartitionProgress> added = [];
        RestoredOffsets restored = RestoredOffsets.Of(_topic!, _context);
        foreach (int number in numbers.Order())
        {
            long start = restored.Offsets.TryGetValue(number, out long offset) ? offset + 1 : 0;
            added.Add(new PartitionProgress(_topic!.Id, number, start, long.MaxValue));
            MapSplit(number, batch.AddSplit(NameOf(number)));
        }

        _live += added.Count;
        _partitions.AddRange(added);
        return added;
    }

    private ServiceRefusedException Recreated(string old, string found) => new(
        "Kafka",
        $"Topic '{_options.Topic}' of {_options.Address} was deleted and created again: its id was {old} and is {found}. "
        + (_options.IsBounded && _hasStarted
            ? "It cannot be read to the end that it had when the job started; start the job again."
            : "Let the source read the new topic from its beginning (WhenRecreated), or start the job without its snapshot."));
}
