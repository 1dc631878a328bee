using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// An in-memory two-phase sink: rows become visible when their checkpoint completes. It checks that each committable is committed once and in order.
/// Tasks may run on several threads; its lists are to be read when none does.
/// </summary>
/// <typeparam name="T">The rows, a type with a codec.</typeparam>
public sealed class TransactionalSink<T> : ISink<T>
{
    // Guards the lists and the markers: subtasks commit at the same time.
    private readonly Lock _lock = new();

    // The last committed committable of each subtask, which a real system stores with the rows.
    private readonly Dictionary<int, long> _markers = [];

    /// <summary>The committed rows.</summary>
    public List<T> Visible { get; } = [];

    /// <summary>The checkpoints that were aborted.</summary>
    public List<CheckpointId> Aborted { get; } = [];

    /// <summary>Whether a writer is full from each barrier until the checkpoint has ended.</summary>
    public bool HoldsOneCommittable { get; set; }

    /// <summary>Fault injection and call counts of the writers.</summary>
    public ConnectorLifecycle Lifecycle { get; } = new();

    /// <inheritdoc/>
    public ISinkWriter<T> CreateWriter(SinkContext context)
    {
        Lifecycle.OnCreate();
        return new Writer(this, context);
    }

    private bool Commit(Committable committable)
    {
        lock (_lock)
        {
            if (_markers.GetValueOrDefault(committable.Subtask) >= committable.Checkpoint.Number)
            {
                return false;
            }

            _markers[committable.Subtask] = committable.Checkpoint.Number;
            CodecReader reader = new(committable.State.ToArray());
            while (reader.Remaining > 0)
            {
                Visible.Add(Codec<T>.Instance.Read(reader));
            }

            return true;
        }
    }

    private void Abort(CheckpointId checkpoint)
    {
        lock (_lock)
        {
            Aborted.Add(checkpoint);
        }
    }

    private sealed class Writer(TransactionalSink<T> sink, SinkContext context) : ITwoPhaseSinkWriter<T>
    {
        private readonly List<Committable> _prepared = [];
        private readonly CodecWriter _rows = new();
        private int _uncommittedRows;
        private int _commits;
        private bool _awaitsCheckpoint;

        public bool IsFull => sink.HoldsOneCommittable && _awaitsCheckpoint;

        public bool IsFlushed => _uncommittedRows == 0 && _prepared.Count == 0;

        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            await sink.Lifecycle.OnOpenAsync().ConfigureAwait(false);
            foreach (Committable committable in context.Restored)
            {
                sink.Commit(committable);
            }
        }

        public void Write(Batch<T> batch)
        {
            ConnectorLifecycle.Throw(sink.Lifecycle.WorkFailure);
            foreach (T row in batch.Rows)
            {
                Codec<T>.Instance.Write(_rows, row);
            }

            _uncommittedRows += batch.Count;
        }

        public void Flush() => ConnectorLifecycle.Throw(sink.Lifecycle.FlushFailure);

        public void Prepare(CheckpointId checkpoint, Action<ReadOnlySequence<byte>> prepared)
        {
            Committable committable = new(context.Task.Subtask, checkpoint, new ReadOnlySequence<byte>(_rows.Written.ToArray()));
            int rows = _uncommittedRows;
            _rows.Clear();
            _uncommittedRows = 0;
            _prepared.Add(committable);
            _awaitsCheckpoint = true;
            context.Start(static _ => Task.FromResult(true), result =>
            {
                _ = result.Value;
                context.Acknowledged(rows);
                prepared(committable.State);
            });
        }

        public void Commit(CheckpointId checkpoint, Action committed)
        {
            if (_commits++ > 0)
            {
                throw new InvalidOperationException("Commit was called while another commit was in progress.");
            }

            Committable[] committables = [.. _prepared.Where(committable => committable.Checkpoint.Number <= checkpoint.Number)];
            context.Start(_ => Task.FromResult(committables.All(sink.Commit)), result =>
            {
                if (!result.Value)
                {
                    throw new InvalidOperationException($"A committable up to {checkpoint} was committed twice.");
                }

                _commits = 0;
                _awaitsCheckpoint = false;
                _prepared.RemoveAll(committables.Contains);
                context.Wake();
                committed();
            });
        }

        public void Abort(CheckpointId checkpoint)
        {
            sink.Abort(checkpoint);
            _awaitsCheckpoint = false;
        }

        public ValueTask DisposeAsync() => sink.Lifecycle.OnCloseAsync();
    }
}
