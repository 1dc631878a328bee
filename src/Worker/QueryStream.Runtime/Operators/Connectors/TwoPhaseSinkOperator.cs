using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

[assembly: CodecOf(typeof(SinkEpochs), typeof(SinkEpochsCodec))]

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>
/// Passes rows to a writer that makes them visible only when a checkpoint is complete. Its epochs are prepared at barriers, kept in snapshots, and
/// committed with their checkpoint.
/// </summary>
internal sealed class TwoPhaseSinkOperator<T> : SinkOperator<T>, IStatefulOperator
{
    private const string Epochs = "epochs";

    private readonly SinkContext _sink;
    private readonly ITwoPhaseSinkWriter<T> _writer;

    // Epochs that are prepared and not known to be committed, oldest first.
    private readonly List<PendingEpoch> _pending = [];

    // The checkpoint of the last epoch, also of earlier attempts.
    private CheckpointId _last;
    private bool _isPreparing;
    private CheckpointId? _committing;
    private CheckpointId? _toCommit;

    public TwoPhaseSinkOperator(TaskContext context, SinkNode<T> node, SinkContext sink, ITwoPhaseSinkWriter<T> writer)
        : base(context, node.Name, sink, writer)
    {
        _sink = sink;
        _writer = writer;
        Id = node.Id;
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    public override bool IsPrepared => !_isPreparing;

    public override bool IsFlushed => true;

    public override bool HasPending => _pending.Count > 0;

    public override bool HasRestored => _sink.Restored.Count > 0;

    public override void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Barrier)
        {
            Prepare(control.Checkpoint);
        }

        base.OnControl(control);
    }

    // The last epoch has the number of the next checkpoint, which is the first one that holds it.
    public override void PrepareToEnd() => Prepare(new CheckpointId(_last.Number + 1));

    public override void CompleteCheckpoint(CheckpointId? checkpoint)
    {
        CheckpointId upTo = checkpoint ?? _last;
        if (_committing?.Number >= upTo.Number)
        {
            return;
        }

        _toCommit = upTo;
        CommitNext();
    }

    public override void AbortCheckpoint(CheckpointId checkpoint) => Context.Attribution.Run(this, () => _writer.Abort(checkpoint));

    public void Capture(StateCapture capture) =>
        capture.List<SinkEpochs>(Epochs, [new SinkEpochs(_sink.Task.Subtask, _last, [.. _pending])]);

    public async Task RestoreAsync(StateReader state)
    {
        List<PendingEpoch> mine = [];
        await state.UnionAsync<SinkEpochs>(Epochs, (epochs, isMine) =>
        {
            _last = epochs.Last.Number > _last.Number ? epochs.Last : _last;
            if (isMine)
            {
                mine.AddRange(epochs.Pending);
            }
        }).ConfigureAwait(false);
        _sink.Restored = mine;
    }

    private void Prepare(CheckpointId checkpoint)
    {
        _last = checkpoint;
        _isPreparing = true;
        Context.Attribution.Run(this, () => _writer.Prepare(checkpoint, state => OnPrepared(checkpoint, state)));
    }

    private void OnPrepared(CheckpointId checkpoint, ReadOnlyMemory<byte> state)
    {
        if (!_isPreparing || checkpoint != _last)
        {
            throw new InvalidOperationException($"The writer of '{Name}' has reported checkpoint {checkpoint} as prepared twice.");
        }

        _isPreparing = false;
        _pending.Add(new PendingEpoch(_sink.Task.Subtask, checkpoint, state));
        Context.Capture(this);
        Context.Io.Wake();
    }

    private void CommitNext()
    {
        if (_committing is not null || _toCommit is not { } checkpoint)
        {
            return;
        }

        _toCommit = null;
        if (_pending.Count == 0 || _pending[0].Checkpoint.Number > checkpoint.Number)
        {
            return;
        }

        _committing = checkpoint;
        Context.Attribution.Run(this, () => _writer.Commit(checkpoint, () => OnCommitted(checkpoint)));
    }

    private void OnCommitted(CheckpointId checkpoint)
    {
        if (_committing != checkpoint)
        {
            throw new InvalidOperationException($"The writer of '{Name}' has reported checkpoint {checkpoint} as committed twice.");
        }

        _committing = null;
        _pending.RemoveAll(epoch => epoch.Checkpoint.Number <= checkpoint.Number);
        CommitNext();
        Context.Io.Wake();
    }
}

/// <summary>The epochs of one subtask, in a snapshot. They stay together, so that the subtask that restores them keeps their order.</summary>
/// <param name="Subtask">The subtask.</param>
/// <param name="Last">The checkpoint of its last epoch.</param>
/// <param name="Pending">The epochs that may not be committed yet, oldest first.</param>
internal sealed record SinkEpochs(int Subtask, CheckpointId Last, IReadOnlyList<PendingEpoch> Pending);

/// <summary>The layout of <see cref="SinkEpochs"/> in snapshots.</summary>
internal sealed class SinkEpochsCodec : Codec<SinkEpochs>
{
    // A checkpoint and a length.
    private const int MinEpochBytes = 2;

    public override Schema Schema { get; } = Schema.Opaque("sink-epochs/1");

    public override void Write(CodecWriter writer, in SinkEpochs value)
    {
        writer.WriteInt64(value.Subtask);
        writer.WriteInt64(value.Last.Number);
        writer.WriteCount(value.Pending.Count);
        foreach (PendingEpoch epoch in value.Pending)
        {
            writer.WriteInt64(epoch.Checkpoint.Number);
            writer.WriteBytes(epoch.State.Span);
        }
    }

    public override SinkEpochs Read(CodecReader reader)
    {
        int subtask = (int)reader.ReadInt64(0, int.MaxValue);
        CheckpointId last = new(reader.ReadInt64());
        PendingEpoch[] pending = reader.TryReadCount(MinEpochBytes, out int count)
            ? new PendingEpoch[count]
            : throw reader.Damaged("no list of epochs");
        for (int i = 0; i < pending.Length; i++)
        {
            CheckpointId checkpoint = new(reader.ReadInt64());
            pending[i] = reader.TryReadBytes(out ReadOnlySpan<byte> state)
                ? new PendingEpoch(subtask, checkpoint, state.ToArray())
                : throw reader.Damaged("an epoch without its state");
        }

        return new SinkEpochs(subtask, last, pending);
    }
}
