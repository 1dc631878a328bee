using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink.Transactions;

/// <summary>
/// Writes the rows of one subtask exactly once: keeps them until their checkpoint is complete, and then writes them in a transaction. See
/// docs/design/transactions.md.
/// </summary>
internal sealed class ExactlyOnceWriter<T> : ITwoPhaseSinkWriter<T>
{
    // Rows in front of a barrier are taken above the limit, since the barrier cannot pass them: once more the limit, and never less than this, which
    // is what some sixty channels hold.
    private const long MinOverflow = 64L * 1024 * 1024;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly KafkaSinkOptions _options;
    private readonly KafkaEncoder<T> _encoder;
    private readonly SinkContext _context;
    private readonly SinkWriterId _id;
    private readonly CommittableBuffer _current;

    // Prepared and not visible yet, oldest first.
    private readonly Queue<CommittableOutput> _pending = new();
    private long _pendingBytes;

    // The checkpoint of the last committable, until it is known whether it has completed.
    private CheckpointId? _awaited;
    private bool _isCommitting;

    // The checkpoint of the last call of Commit.
    private CheckpointId _commitsUpTo;

    // Whether a checkpoint was asked for whose barrier has not come, and that was not aborted.
    private bool _hasAsked;
    private SinkRecord<T>? _record;
    private IKafkaAdmin? _admin;
    private TransactionWriter? _writer;

    public ExactlyOnceWriter(string name, KafkaSinkOptions options, KafkaEncoder<T> encoder, SinkContext context)
    {
        _name = name;
        _options = options;
        _encoder = encoder;
        _context = context;
        _id = SinkWriterId.Of(options, name, context);
        _current = new CommittableBuffer(_id);
    }

    // A task that is full takes no barrier either. So where a barrier is to make room, the sink is full only until that checkpoint was triggered, and
    // then takes the rows in front of the barrier.
    public bool IsFull => UncommittedBytes >= _options.MaxUncommittedBytes
        && (WillMakeRoom || (_context.HasCheckpoints && !_context.IsBarrierComing));

    public bool IsFlushed => _current.Rows == 0 && _pending.Count == 0;

    // Whether a commit is under way, or follows when the checkpoint of the last barrier is complete.
    private bool WillMakeRoom => _isCommitting || _awaited is not null;

    private long UncommittedBytes => _current.Bytes + _pendingBytes;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        IKafkaClients clients = _context.Service<IKafkaClients>();
        KafkaSinkOptions resolved = _options.ResolvedBy(clients);
        ILogger logger = _context.Loggers.CreateLogger("QueryStream.Connectors.Kafka");
        _admin = clients.OpenAdmin(resolved.Connection);
        KafkaTopic topic = await resolved.FindTopicAsync(_admin, _context.Time, cancellationToken).ConfigureAwait(false);
        _record = new SinkRecord<T>(_options.Topic, _encoder, topic.Partitions.Count);
        TransactionCluster cluster = new(clients, _admin, resolved.Connection, _options.TransactionTimeout, _context.Time, logger);
        await new SinkRecovery(cluster, _name).RunAsync(_context.Restored, cancellationToken).ConfigureAwait(false);
        TransactionWriter writer = new(cluster, _id);
        _writer = writer;
        await OpenTimeout.RunAsync(resolved.Address, _context.Time, CreateAsync, cancellationToken).ConfigureAwait(false);
        if (!_context.HasCheckpoints)
        {
            logger.NoCheckpoints(_name);
        }

        async Task<bool> CreateAsync(CancellationToken stop)
        {
            await writer.CreateAsync(stop).ConfigureAwait(false);
            return true;
        }
    }

    public void Write(Batch<T> batch)
    {
        if (UncommittedBytes >= _options.MaxUncommittedBytes && _context.HasCheckpoints && !WillMakeRoom)
        {
            CheckOverflow();
        }

        SinkRecord<T> record = _record!;
        ReadOnlySpan<T> rows = batch.Rows;
        int skipped = 0;
        long bytes = 0;
        for (_context.Row = 0; _context.Row < rows.Length; _context.Row++)
        {
            if (record.TryEncode(rows[_context.Row]))
            {
                _current.Add(record.Record);
                bytes += record.Bytes;
            }
            else
            {
                skipped++;
            }
        }

        _context.AddBytes(bytes);
        if (skipped > 0)
        {
            _context.Acknowledged(skipped);
        }

        if (UncommittedBytes > _options.MaxUncommittedBytes && !_context.HasCheckpoints)
        {
            throw TooMuch($"and {_options.MaxUncommittedBytes} are allowed. The job takes no checkpoints, so its output is kept until it ends. Let "
                + "it take checkpoints (execution.checkpointing.dir), allow more, or raise the parallelism of the sink.");
        }

        AskIfNeeded();
    }

    public void Flush()
    {
    }

    public void Prepare(CheckpointId checkpoint, Action<ReadOnlySequence<byte>> prepared)
    {
        CommittableOutput committable = _current.End(checkpoint);
        _pending.Enqueue(committable);
        _pendingBytes += committable.Bytes;
        _awaited = checkpoint;
        _hasAsked = false;
        prepared(committable.State);
    }

    public void Commit(CheckpointId checkpoint, Action committed)
    {
        if (_awaited?.Number <= checkpoint.Number)
        {
            _awaited = null;
        }

        _isCommitting = true;
        _commitsUpTo = checkpoint;
        CommitNext(checkpoint, committed);
    }

    public void Abort(CheckpointId checkpoint)
    {
        if (_awaited == checkpoint)
        {
            _awaited = null;
        }

        // It may be the one that was asked for.
        _hasAsked = false;
        AskIfNeeded();
    }

    public async ValueTask DisposeAsync()
    {
        _encoder.Dispose();
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void CommitNext(CheckpointId upTo, Action committed)
    {
        if (!_pending.TryPeek(out CommittableOutput? committable) || committable.Checkpoint.Number > upTo.Number)
        {
            _isCommitting = false;
            AskIfNeeded();
            _context.Wake();
            committed();
            return;
        }

        _context.Start(cancellationToken => _writer!.CommitAsync(committable, cancellationToken), failure =>
        {
            if (failure is ServiceUnavailableException)
            {
                // An outage: nothing is lost, since the committable is in the checkpoint.
                _context.ShowProblem(failure.Message);
                _context.After(RetryDelay, () => CommitNext(upTo, committed));
                return;
            }

            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            _context.ShowProblem(null);
            _pending.Dequeue();
            _pendingBytes -= committable.Bytes;
            _context.Acknowledged(committable.Rows);
            CommitNext(upTo, committed);
        });
    }

    // Asks for a checkpoint at half of the limit, so that there is one before the sink takes no more rows.
    private void AskIfNeeded()
    {
        if (_hasAsked || !_context.HasCheckpoints || UncommittedBytes < _options.MaxUncommittedBytes / 2)
        {
            return;
        }

        long waiting = BytesThatNeedABarrier();
        if (waiting >= _options.MaxUncommittedBytes / 2)
        {
            _hasAsked = true;
            _context.RequestCheckpoint(
                $"it has {waiting} bytes of output, half or more of {nameof(KafkaSinkOptions.MaxUncommittedBytes)} {_options.MaxUncommittedBytes}");
        }
    }

    // Without what the checkpoint of the last barrier or a commit under way will make visible.
    private long BytesThatNeedABarrier()
    {
        long bytes = _current.Bytes;
        if (_awaited is null)
        {
            foreach (CommittableOutput committable in _pending)
            {
                bytes += _isCommitting && committable.Checkpoint.Number <= _commitsUpTo.Number ? 0 : committable.Bytes;
            }
        }

        return bytes;
    }

    // Called with a batch that is in front of the barrier of a checkpoint which is to make room.
    private void CheckOverflow()
    {
        long allowed = _options.MaxUncommittedBytes + Math.Max(_options.MaxUncommittedBytes, MinOverflow);
        if (UncommittedBytes < allowed)
        {
            return;
        }

        if (_pending.Count > 0)
        {
            // What checkpoints that have failed were to make visible: rows come with each try. The restart goes back to the last one.
            throw new CheckpointFailedException(Describe($"since checkpoints have failed, and {allowed} are allowed meanwhile"));
        }

        throw TooMuch($"{allowed} or more, all of it in front of the barrier of the next one, which cannot pass it. Allow more: a single window or "
            + "function may have written so much at once. Or raise the parallelism of the sink.");
    }

    private string Describe(string problem) =>
        $"Kafka sink '{_name}', subtask {_context.Task.Subtask}, holds {UncommittedBytes} bytes of output that wait for a checkpoint, {problem}";

    private SettingException TooMuch(string problem) => new(nameof(KafkaSinkOptions.MaxUncommittedBytes), Describe(problem));
}
