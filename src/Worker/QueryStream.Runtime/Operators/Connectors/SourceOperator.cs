using System.Collections.Frozen;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Runtime.Time;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>The head of a source task: polls the reader, counts dead letters, and derives watermarks from the progress of the splits.</summary>
internal sealed class SourceOperator<T> : ISourceOperator, IControlInput, IStatefulOperator
{
    private const string Positions = "positions";

    // Three centuries, in milliseconds: event times may be any numbers.
    private const double MaxLag = 1e13;

    // A record with the time of the final watermark would end event time.
    private static readonly EventTime LastTime = new(EventTime.MaxValue.Milliseconds - 1);

    private readonly TaskContext _context;
    private readonly SourceContext _sourceContext;
    private readonly WatermarkStrategy<T> _strategy;
    private readonly ISourceReader<T> _reader;
    private readonly SourceBatch<T> _batch;
    private readonly IInput<T> _rows;
    private readonly IInput<DeadLetter> _deadLetters;
    private readonly string _receivers;
    private readonly OperatorRows _counts;
    private readonly Dictionary<string, SplitPosition> _restored = new(StringComparer.Ordinal);
    private List<string> _splits = [];

    // By name, the index of the split that was added last.
    private readonly Dictionary<string, int> _latest = new(StringComparer.Ordinal);

    // By split, the offset of the last record that was emitted; null if there is none.
    private readonly List<long?> _offsets = [];

    // By split, how many milliseconds its last rows were behind the clock; null if there were none.
    private readonly List<double?> _lags = [];
    private EventTime _restoredWatermark = EventTime.MinValue;

    // The positions of the last snapshot, and those of snapshots that are not complete.
    private IReadOnlyList<SplitPosition> _captured = [];
    private readonly Queue<(CheckpointId Checkpoint, IReadOnlyList<SplitPosition> Positions)> _pending = new();
    private SourceWatermarks? _watermarks;
    private EventTime _reportSplitsAt = EventTime.MinValue;

    public SourceOperator(TaskContext context, SourceNode<T> node, IInput<T> rows, IInput<DeadLetter> deadLetters, string receivers)
    {
        _context = context;
        _strategy = node.Watermarks;
        _rows = rows;
        _deadLetters = deadLetters;
        _receivers = receivers;
        _batch = new SourceBatch<T>(_strategy.EventTimeOf, _strategy.AdvanceOnEvent);
        Name = node.Name;
        Id = node.Id;
        _counts = context.Ledger.Of(node);
        _counts.PassesRows = true;
        TaskDeployment deployment = context.Deployment;
        _sourceContext = new SourceContext(deployment.Id, deployment.Vertex.Parallelism, new ConnectorHost(context, node.Name));
        _reader = node.Source.CreateReader(_sourceContext);
        context.Connectors.Add(this);
        context.Stateful.Add(this);
        if (_strategy.IdleAfter is not null)
        {
            // Gives the task turns while nothing else wakes it, so that it sees when a split is no longer confirmed to be idle.
            context.Timers.Every(SourceWatermarks.MaxConfirmationGap / 2, static () => { });
        }
    }

    public OperatorId Id { get; }

    public string Name { get; }

    public EventTime Watermark => _watermarks?.Current ?? EventTime.MinValue;

    public bool HasEnded { get; private set; }

    public bool HasBegun { get; private set; }

    private EventTime Now => EventTime.From(_context.Time.GetUtcNow());

    public async Task<Action> OpenAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> splits = await _reader.OpenAsync(cancellationToken).ConfigureAwait(false);
        return () => _splits = [.. splits];
    }

    public ValueTask CloseAsync()
    {
        _batch.Drop();
        return _reader.DisposeAsync();
    }

    public void Start()
    {
        _watermarks = new SourceWatermarks(
            _splits.Count, _strategy.OutOfOrderness, _strategy.IdleAfter, _strategy.AdvanceWhileIdle, Now);
        _batch.Open(_splits.Count);
        for (int split = 0; split < _splits.Count; split++)
        {
            _latest[_splits[split]] = split;
            RestoreSplit(split);
        }

        _watermarks.RaiseTo(_restoredWatermark, this);
        AdvanceToNow();
    }

    public void Capture(StateCapture capture)
    {
        _captured = CapturePositions();
        capture.List(Positions, _captured);
    }

    public async Task RestoreAsync(StateReader state)
    {
        await state.UnionAsync<SplitPosition>(Positions, position =>
        {
            // A subtask that had ended before an earlier restart has written all splits, as they were then.
            if (!_restored.TryGetValue(position.Split, out SplitPosition? other) || other.Offset < position.Offset)
            {
                _restored[position.Split] = position;
            }
        }).ConfigureAwait(false);

        _sourceContext.Restored = _restored.ToFrozenDictionary(split => split.Key, split => split.Value.Offset, StringComparer.Ordinal);
        _sourceContext.RestoredStates = _restored.Where(split => !split.Value.State.IsEmpty)
            .ToFrozenDictionary(split => split.Key, split => split.Value.State, StringComparer.Ordinal);
        _restoredWatermark = state.Watermark;
    }

    public void AdvanceToNow() => _watermarks!.Advance(confirmed: false, Now, this);

    public void Drain() => OnControl(Control.Advance(EventTime.MaxValue));

    public void SendBarrier(CheckpointId checkpoint)
    {
        _context.Capture(this);
        _pending.Enqueue((checkpoint, _captured));
        OnControl(Control.Barrier(checkpoint));
    }

    public void CompleteCheckpoint(CheckpointId checkpoint)
    {
        // Earlier checkpoints were aborted, or are part of this one.
        while (_pending.TryPeek(out (CheckpointId Checkpoint, IReadOnlyList<SplitPosition> Positions) oldest)
            && oldest.Checkpoint.Number <= checkpoint.Number)
        {
            _pending.Dequeue();
            if (oldest.Checkpoint == checkpoint)
            {
                _context.Attribution.Run(this, () => _reader.CheckpointCompleted(checkpoint, oldest.Positions));
            }
        }
    }

    public bool TakeInput()
    {
        IAttributable? caller = _context.Attribution.Enter(this);
        bool hasMore = Poll();
        _context.Attribution.Leave(caller);
        return hasMore;
    }

    public void OnBlocked()
    {
        if (HasBegun && !HasEnded)
        {
            ReportSplits(Now, ends: false);
        }
    }

    // In a source, code of the job decodes a record or extracts an event time.
    public string? DescribePosition()
    {
        if (_batch.CurrentRecord is not { } record || (uint)record.Index >= (uint)(_splits.Count + _batch.NewSplits.Count))
        {
            return null;
        }

        string position = RowLocator.At(record with { Split = NameOf(record.Index) });
        return _batch.IsTakingTime ? $"when its event time was taken, {position}" : position;
    }

    public void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            _context.Metrics.Watermark = control.Watermark;
        }

        _rows.OnControl(control);
        _deadLetters.OnControl(control);
    }

    private IReadOnlyList<SplitPosition> CapturePositions()
    {
        if (_watermarks is null)
        {
            // The subtask had ended before the restart and was not opened, so it does not know which splits are its own.
            return [.. _restored.Values];
        }

        List<SplitPosition> positions = new(_splits.Count);
        for (int split = 0; split < _splits.Count; split++)
        {
            if (_offsets[split] is { } offset)
            {
                positions.Add(new SplitPosition(_splits[split], offset, _watermarks.OfSplit(split)) { State = _reader.SnapshotSplit(split) });
            }
        }

        return positions;
    }

    private void RestoreSplit(int split)
    {
        SplitPosition? position = _restored.GetValueOrDefault(_splits[split]);
        _offsets.Add(position?.Offset);
        _lags.Add(null);
        if (position is not null && !_context.Environment.Mutations.ForgetsWatermarks)
        {
            _watermarks!.Restore(split, position.Watermark);
        }
    }

    private string NameOf(int split) => split < _splits.Count ? _splits[split] : _batch.NewSplits[split - _splits.Count];

    private bool Poll()
    {
        EventTime now = Now;
        _batch.Reset();
        _batch.Earliest = _strategy.Earliest;
        _batch.Latest = EventTime.Min(_strategy.MaxAhead is { } ahead ? EventTime.Min(_strategy.Latest, now.Add(ahead)) : _strategy.Latest, LastTime);
        SourcePoll poll = _reader.Poll(_batch);
        HasBegun = true;
        _batch.Complete();
        _context.Metrics.RecordsRead.Add(_batch.RecordsRead);
        _context.Metrics.BytesRead.Add(_batch.BytesRead);
        _counts.In += _batch.RecordsRead;
        _counts.DeadLettered += _batch.DeadLetters.Count;

        foreach (string name in _batch.NewSplits)
        {
            // Replaces an ended split of the same name, since a snapshot can hold only one of them.
            if (_latest.TryGetValue(name, out int ended))
            {
                _offsets[ended] = null;
            }

            _latest[name] = _splits.Count;
            _splits.Add(name);
            _watermarks!.Add(now);
            RestoreSplit(_splits.Count - 1);
        }

        foreach (SplitRun run in _batch.Runs)
        {
            _offsets[run.Split] = run.LastOffset;
            if (run.Rows > 0)
            {
                _lags[run.Split] = Math.Clamp((double)now.Milliseconds - run.MaxTime.Milliseconds, -MaxLag, MaxLag);
            }
        }

        _watermarks!.OnRecords(_batch.Runs, now, this);
        SendDeadLetters();
        SendRows();
        _watermarks.OnEnds(_batch.Ends, now);
        ReportSplits(now, ends: poll == SourcePoll.End);
        if (poll == SourcePoll.End)
        {
            HasEnded = true;
            OnControl(Control.Advance(EventTime.MaxValue));
            OnControl(Control.End);
            return false;
        }

        _watermarks.Advance(_batch.Ends.Count > 0, now, this);
        return poll == SourcePoll.More;
    }

    // Readers on other threads get an immutable list, so it is made anew, at most once a second.
    private void ReportSplits(EventTime now, bool ends)
    {
        if (!ends && now < _reportSplitsAt)
        {
            return;
        }

        _reportSplitsAt = now.Add(1000);
        SplitFlow[] splits = new SplitFlow[_splits.Count];
        for (int split = 0; split < splits.Length; split++)
        {
            splits[split] = new SplitFlow(_splits[split], _offsets[split], _watermarks!.OfSplit(split), _watermarks.StateOf(split))
            {
                EmitLag = _lags[split] is { } lag ? TimeSpan.FromMilliseconds(lag) : null,
                Pending = _reader.PendingRecords(split),
            };
        }

        _context.Metrics.Splits = splits;
    }

    private void SendRows()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        Batch<T> rows = _batch.TakeRows(_splits);
        _counts.Out += rows.Count;
        _rows.OnBatch(rows);
        rows.Release();
    }

    // The detail of a dead letter from a file begins with its place.
    private static string Describe(in DeadLetter letter) => letter.Detail.Contains(letter.Topic, StringComparison.Ordinal)
        ? letter.Detail
        : $"{letter.Topic}-{letter.Partition} offset {letter.Offset}{(letter.Detail.Length > 0 ? ": " : "")}{letter.Detail}";

    private void SendDeadLetters()
    {
        if (_batch.DeadLetters.Count == 0)
        {
            return;
        }

        Batch<DeadLetter> letters = Batch<DeadLetter>.Rent();
        foreach (DeadLetter letter in _batch.DeadLetters)
        {
            _context.Metrics.DeadLettersOf(letter.Reason).Add(1);
            if (!_context.Metrics.HasExampleOf(letter.Reason))
            {
                string subtask = $"{_context.Deployment.Subtask + 1}/{_context.Deployment.Vertex.Parallelism}";
                _context.Metrics.AddExample(letter.Reason, $"{Describe(letter)} in {Name} ({subtask}){_receivers}");
            }

            if (letters.IsFull)
            {
                _deadLetters.OnBatch(letters);
                letters.Release();
                letters = Batch<DeadLetter>.Rent();
            }

            letters.Add(letter, EventTime.MinValue, letter.Value?.Length ?? 0);
        }

        _deadLetters.OnBatch(letters);
        letters.Release();
    }
}
