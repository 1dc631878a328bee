using System.Buffers;
using System.Runtime.CompilerServices;
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
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly KafkaSinkOptions _options;
    private readonly KafkaEncoder<T> _encoder;
    private readonly SinkContext _context;
    private readonly SinkWriterId _id;
    private readonly EpochBuffer _current;

    // Prepared and not visible yet, oldest first.
    private readonly Queue<EpochOutput> _pending = new();
    private long _pendingBytes;

    // The checkpoint of the last epoch, until it is known whether it has completed.
    private CheckpointId? _awaited;
    private bool _isCommitting;
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
        _current = new EpochBuffer(_id);
    }

    // A task that is full takes no barrier either, so the sink is full only where something else than a barrier will make room.
    public bool IsFull => UncommittedBytes >= _options.MaxUncommittedBytes && (_isCommitting || _awaited is not null);

    public bool IsFlushed => _current.Rows == 0 && _pending.Count == 0;

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
        SinkRecord<T> record = _record!;
        ReadOnlySpan<T> rows = batch.Rows;
        int skipped = 0;
        for (_context.Row = 0; _context.Row < rows.Length; _context.Row++)
        {
            if (record.TryEncode(rows[_context.Row]))
            {
                _current.Add(record.Record);
            }
            else
            {
                skipped++;
            }
        }

        if (skipped > 0)
        {
            _context.Acknowledged(skipped);
        }

        if (UncommittedBytes > _options.MaxUncommittedBytes && !IsFull)
        {
            ThrowTooMuch();
        }
    }

    public void Flush()
    {
    }

    public void Prepare(CheckpointId checkpoint, Action<ReadOnlySequence<byte>> prepared)
    {
        EpochOutput epoch = _current.End(checkpoint);
        _pending.Enqueue(epoch);
        _pendingBytes += epoch.Bytes;
        _awaited = checkpoint;
        prepared(epoch.State);
    }

    public void Commit(CheckpointId checkpoint, Action committed)
    {
        if (_awaited?.Number <= checkpoint.Number)
        {
            _awaited = null;
        }

        _isCommitting = true;
        CommitNext(checkpoint, committed);
    }

    public void Abort(CheckpointId checkpoint)
    {
        if (_awaited == checkpoint)
        {
            _awaited = null;
        }
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
        if (!_pending.TryPeek(out EpochOutput? epoch) || epoch.Checkpoint.Number > upTo.Number)
        {
            _isCommitting = false;
            _context.Wake();
            committed();
            return;
        }

        _context.Start(cancellationToken => _writer!.CommitAsync(epoch, cancellationToken), failure =>
        {
            if (failure is ServiceUnavailableException)
            {
                // An outage: nothing is lost, since the epoch is in the checkpoint.
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
            _pendingBytes -= epoch.Bytes;
            _context.Acknowledged(epoch.Rows);
            CommitNext(upTo, committed);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowTooMuch() => throw new SettingException(
        nameof(KafkaSinkOptions.MaxUncommittedBytes),
        $"Kafka sink '{_name}', subtask {_context.Task.Subtask}, holds {UncommittedBytes} bytes of output that wait for a checkpoint, and "
        + $"{_options.MaxUncommittedBytes} are allowed. Take checkpoints more often (execution.checkpointing.interval), allow more, or raise the "
        + "parallelism of the sink.");
}
