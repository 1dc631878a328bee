using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>
/// Commits the offsets of one subtask for its consumer group. With checkpoints: the offsets of each completed checkpoint, so the group is never ahead
/// of the job's state. Without: the offsets of emitted records, every 5 s and at the end; after a crash, a start from the group's offsets may skip
/// records that were between source and sink. A failed commit is repeated with the next one. Used in turns of the task.
/// </summary>
internal sealed class OffsetCommitter
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastCommitLimit = TimeSpan.FromSeconds(3);

    private readonly IKafkaAdmin _admin;
    private readonly KafkaSourceOptions _options;
    private readonly SourceContext _context;
    private readonly Func<IEnumerable<KafkaOffset>> _current;
    private readonly ILogger _logger;

    // By partition: the offset that the group has, as far as this subtask knows, and the offset to commit.
    private readonly Dictionary<int, long> _committed;
    private readonly Dictionary<int, long> _wanted = [];
    private bool _isCommitting;
    private bool _hasFailed;

    /// <summary>Creates a committer. Commits nothing yet.</summary>
    /// <param name="admin">The cluster.</param>
    /// <param name="options">Topic and group.</param>
    /// <param name="context">The task.</param>
    /// <param name="current">Returns the current offsets.</param>
    /// <param name="logger">Logs failures.</param>
    public OffsetCommitter(
        IKafkaAdmin admin, KafkaSourceOptions options, SourceContext context, Func<IEnumerable<KafkaOffset>> current, ILogger logger)
    {
        _admin = admin;
        _options = options;
        _context = context;
        _current = current;
        _logger = logger;
        _committed = current().ToDictionary(position => position.Partition, position => position.Offset);
    }

    /// <summary>Starts periodic commits if the job takes no checkpoints. Called once.</summary>
    public void Start()
    {
        if (!_context.HasCheckpoints)
        {
            _context.After(Interval, CommitCurrent);
        }
    }

    /// <summary>Commits offsets, after a commit in progress has completed.</summary>
    public void Commit(IEnumerable<KafkaOffset> positions)
    {
        foreach (KafkaOffset position in positions)
        {
            _wanted[position.Partition] = position.Offset;
        }

        CommitWanted();
    }

    /// <summary>Commits the remaining offsets, within 3 s. Called when the task has no more turns.</summary>
    public async Task CloseAsync()
    {
        if (!_context.HasCheckpoints)
        {
            foreach (KafkaOffset position in _current())
            {
                _wanted[position.Partition] = position.Offset;
            }
        }

        KafkaOffset[] positions = Changed();
        if (positions.Length == 0)
        {
            return;
        }

        using CancellationTokenSource limit = new(LastCommitLimit, _context.Time);
        try
        {
            await _admin.CommitAsync(_options.Topic, positions, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Report($"no response within {LastCommitLimit.TotalSeconds} s, and the source is closing");
        }
        catch (QueryStreamException e)
        {
            Report(e.Message);
        }
    }

    private void CommitCurrent()
    {
        Commit(_current());
        _context.After(Interval, CommitCurrent);
    }

    private void CommitWanted()
    {
        KafkaOffset[] positions = Changed();
        if (_isCommitting || positions.Length == 0)
        {
            return;
        }

        _isCommitting = true;
        _context.Start(stop => _admin.CommitAsync(_options.Topic, positions, stop), failure => OnCommitted(positions, failure));
    }

    private KafkaOffset[] Changed() =>
    [
        .. _wanted.Where(position => _committed.GetValueOrDefault(position.Key, -1) != position.Value)
            .Select(position => new KafkaOffset(position.Key, position.Value)),
    ];

    private void OnCommitted(KafkaOffset[] positions, Exception? failure)
    {
        _isCommitting = false;
        if (failure is not null)
        {
            Report(failure.Message);
            return;
        }

        _hasFailed = false;
        foreach (KafkaOffset position in positions)
        {
            _committed[position.Partition] = position.Offset;
        }

        CommitWanted();
    }

    // Logged once until a commit succeeds: the client logs outages too.
    private void Report(string problem)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            _logger.CommitFailed(_options.GroupId, _options.Topic, problem);
        }
    }
}
