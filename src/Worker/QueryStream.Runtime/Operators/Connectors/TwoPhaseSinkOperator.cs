using System.Buffers;
using System.Globalization;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

[assembly: CodecOf(typeof(SinkCommittables), typeof(SinkCommittablesCodec))]
[assembly: CodecOf(typeof(CommittableSegment), typeof(CommittableSegmentCodec))]

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>
/// Passes rows to a writer that makes them visible only when a checkpoint is complete. Its committables are prepared at barriers, kept in snapshots,
/// and committed with their checkpoint.
/// </summary>
internal sealed class TwoPhaseSinkOperator<T> : SinkOperator<T>, IStatefulOperator
{
    // The name in stored checkpoints.
    private const string Committables = "epochs";

    private readonly SinkContext _sink;
    private readonly ITwoPhaseSinkWriter<T> _writer;

    // Committables that are prepared and not known to be committed, oldest first.
    private readonly List<Committable> _pending = [];

    // The checkpoint of the last committable, also of earlier attempts.
    private CheckpointId _last;
    private bool _isPreparing;
    private CheckpointId? _committing;
    private CheckpointId? _toCommit;

    public TwoPhaseSinkOperator(TaskContext context, SinkNode<T> node, SinkContext sink, ITwoPhaseSinkWriter<T> writer)
        : base(context, node, sink, writer)
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

    // The last committable has the number of the next checkpoint, which is the first one that holds it.
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

    // The output of each subtask is a separate state, so that only the subtask that restores it reads it.
    public void Capture(StateCapture capture)
    {
        int subtask = _sink.Task.Subtask;
        Committable[] pending = [.. _pending];
        (CheckpointId, int)[] segments =
        [
            .. pending.Select(committable => (committable.Checkpoint, CommittableSegment.Of(committable.State).Count())),
        ];
        capture.List<SinkCommittables>(Committables, [new SinkCommittables(subtask, _last, segments)]);
        if (pending.Length > 0)
        {
            capture.List(OutputOf(subtask), pending.SelectMany(committable => CommittableSegment.Of(committable.State)));
        }
    }

    public async Task RestoreAsync(StateReader state)
    {
        List<SinkCommittables> mine = [];
        await state.UnionAsync<SinkCommittables>(Committables, (committables, isMine) =>
        {
            _last = committables.Last.Number > _last.Number ? committables.Last : _last;
            if (isMine)
            {
                mine.Add(committables);
            }
        }).ConfigureAwait(false);
        List<Committable> restored = [];
        foreach (SinkCommittables committables in mine)
        {
            List<ReadOnlyMemory<byte>> output = [];
            await state.UnionAsync<CommittableSegment>(OutputOf(committables.Subtask), segment => output.Add(segment.Bytes)).ConfigureAwait(false);
            restored.AddRange(committables.WithOutput(output));
        }

        _sink.Restored = restored;
    }

    private static string OutputOf(int subtask) => string.Create(CultureInfo.InvariantCulture, $"output-{subtask}");

    private void Prepare(CheckpointId checkpoint)
    {
        _last = checkpoint;
        _isPreparing = true;
        Context.Attribution.Run(this, () => _writer.Prepare(checkpoint, state => OnPrepared(checkpoint, state)));
    }

    private void OnPrepared(CheckpointId checkpoint, ReadOnlySequence<byte> state)
    {
        if (!_isPreparing || checkpoint != _last)
        {
            throw new InvalidOperationException($"The writer of '{Name}' has reported checkpoint {checkpoint} as prepared twice.");
        }

        _isPreparing = false;
        _pending.Add(new Committable(_sink.Task.Subtask, checkpoint, state));
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
        _pending.RemoveAll(committable => committable.Checkpoint.Number <= checkpoint.Number);
        CommitNext();
        Context.Io.Wake();
    }
}
