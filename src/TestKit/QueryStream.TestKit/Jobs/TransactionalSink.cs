using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// A two-phase sink in memory: rows are visible only once a complete checkpoint holds them. It checks that each epoch is made visible once,
/// and in order. Used by the test's thread, which runs the tasks too.
/// </summary>
/// <typeparam name="T">The rows; of a type with a codec.</typeparam>
public sealed class TransactionalSink<T> : ISink<T>
{
    // By subtask, the last epoch that is visible: what a real system keeps beside the rows.
    private readonly Dictionary<int, long> _markers = [];

    /// <summary>The rows that everybody sees.</summary>
    public List<T> Visible { get; } = [];

    /// <summary>The checkpoints that writers were told to be given up.</summary>
    public List<CheckpointId> Aborted { get; } = [];

    /// <summary>What the writers do wrong, and what was done to them.</summary>
    public ConnectorLife Life { get; } = new();

    /// <inheritdoc/>
    public ISinkWriter<T> CreateWriter(SinkContext context)
    {
        Life.OnCreate();
        return new Writer(this, context);
    }

    private bool Commit(PendingEpoch epoch)
    {
        if (_markers.GetValueOrDefault(epoch.Subtask) >= epoch.Checkpoint.Number)
        {
            return false;
        }

        _markers[epoch.Subtask] = epoch.Checkpoint.Number;
        CodecReader reader = new(epoch.State.ToArray());
        while (reader.Remaining > 0)
        {
            Visible.Add(Codec<T>.Instance.Read(reader));
        }

        return true;
    }

    private sealed class Writer(TransactionalSink<T> sink, SinkContext context) : ITwoPhaseSinkWriter<T>
    {
        private readonly List<PendingEpoch> _prepared = [];
        private readonly CodecWriter _rows = new();
        private int _rowsInEpoch;
        private int _commits;

        public bool IsFull => false;

        public bool IsFlushed => _rowsInEpoch == 0 && _prepared.Count == 0;

        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            await sink.Life.OnOpenAsync().ConfigureAwait(false);
            foreach (PendingEpoch epoch in context.Restored)
            {
                sink.Commit(epoch);
            }
        }

        public void Write(Batch<T> batch)
        {
            ConnectorLife.Throw(sink.Life.FailsToWork);
            foreach (T row in batch.Rows)
            {
                Codec<T>.Instance.Write(_rows, row);
            }

            _rowsInEpoch += batch.Count;
        }

        public void Flush() => ConnectorLife.Throw(sink.Life.FailsToFlush);

        public void Prepare(CheckpointId checkpoint, Action<ReadOnlyMemory<byte>> prepared)
        {
            PendingEpoch epoch = new(context.Task.Subtask, checkpoint, _rows.Written.ToArray());
            int rows = _rowsInEpoch;
            _rows.Clear();
            _rowsInEpoch = 0;
            _prepared.Add(epoch);
            context.Start(static _ => Task.FromResult(true), result =>
            {
                _ = result.Value;
                context.Acknowledged(rows);
                prepared(epoch.State);
            });
        }

        public void Commit(CheckpointId checkpoint, Action committed)
        {
            if (_commits++ > 0)
            {
                throw new InvalidOperationException("Asked to commit while a commit is under way.");
            }

            PendingEpoch[] epochs = [.. _prepared.Where(epoch => epoch.Checkpoint.Number <= checkpoint.Number)];
            context.Start(_ => Task.FromResult(epochs.All(sink.Commit)), result =>
            {
                if (!result.Value)
                {
                    throw new InvalidOperationException($"An epoch up to {checkpoint} was visible before it was committed.");
                }

                _commits = 0;
                _prepared.RemoveAll(epochs.Contains);
                context.Wake();
                committed();
            });
        }

        public void Abort(CheckpointId checkpoint) => sink.Aborted.Add(checkpoint);

        public ValueTask DisposeAsync() => sink.Life.OnCloseAsync();
    }
}
