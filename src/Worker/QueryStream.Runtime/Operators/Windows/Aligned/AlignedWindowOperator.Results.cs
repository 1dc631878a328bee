using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <content>Emits the results of windows, about a batch at a time.</content>
internal sealed partial class AlignedWindowOperator<T, TKey, TAccumulator, TOut>
{
    private readonly WindowContent<T, TKey, TAccumulator, TOut> _content;
    private readonly ChangedWindows<TKey, TAccumulator> _changed;
    private readonly ChangedWindows<TKey, TAccumulator> _changedLate;

    // The window that is being emitted, and how many of its results have been emitted.
    private int _kind;
    private EventTime _end;
    private int _emitted;

    // The last window that time has fired, in order of ends, then of kinds.
    private EventTime _firedEnd = EventTime.MinValue;
    private int _firedKind;
    private bool _isWalking;
    private EmitStep _step;

    // After a restore in processing time: where the windows begin that have not fired.
    private EventTime? _lateAfter;

    private Window Bounds => new(_kinds[_kind].StartOf(_end), _end);

    /// <summary>The end of the next window that is not empty; <see cref="EventTime.MaxValue"/> and kind -1 if there is none.</summary>
    private EventTime NextWindow(out int kind)
    {
        EventTime next = EventTime.MaxValue;
        kind = -1;
        for (int i = 0; i < _kinds.Length; i++)
        {
            EventTime after = i <= _firedKind ? _firedEnd : _firedEnd.Add(-1);
            if (TryNextEnd(_kinds[i], after, out EventTime end) && (end < next || kind < 0))
            {
                (next, kind) = (end, i);
            }
        }

        return next;
    }

    // The first non-empty window after a time. Skips any number of empty ones at once.
    private bool TryNextEnd(AlignedWindows windows, EventTime after, out EventTime end)
    {
        end = windows.FirstEndAfter(after);
        int slice = _slices.FirstEndingAfter(windows.StartOf(end));
        if (slice < _slices.Count && _slices[slice].End > end)
        {
            end = windows.FirstEndAfter(_slices[slice].Start);
        }

        return slice < _slices.Count && end > after;
    }

    protected override bool EmitDue(EventTime reached)
    {
        if (!_content.IsOpen)
        {
            if (!HasDue(reached))
            {
                return false;
            }

            Begin(NextWindow(out int kind), kind, ContentKind.All);
        }

        if (EmitPortion(ContentKind.All))
        {
            (_firedEnd, _firedKind) = (_end, _kind);
        }

        return true;
    }

    protected override bool EmitEarly()
    {
        if (EmitChanges(_changed, ContentKind.Changed, after: Watermark.Add(1), until: EventTime.MaxValue))
        {
            return true;
        }

        foreach (Slice<TKey, TAccumulator> slice in _changed.Slices)
        {
            _slices.Unshare(slice);
            slice.ClearChanged();
        }

        _changed.Clear();
        return false;
    }

    protected override bool EmitLate()
    {
        if (EmitChanges(_changedLate, ContentKind.Late, after: _lateAfter ?? Watermark.Add(1 - Settings.Lateness), until: Watermark.Add(1)))
        {
            return true;
        }

        foreach (Slice<TKey, TAccumulator> slice in _changedLate.Slices)
        {
            _slices.Unshare(slice);
            slice.ClearLate();
        }

        _changedLate.Clear();
        _lateAfter = null;
        return false;
    }

    private bool EmitChanges(ChangedWindows<TKey, TAccumulator> changed, ContentKind kind, EventTime after, EventTime until)
    {
        if (!_isWalking)
        {
            _isWalking = true;
            changed.Begin(after, until);
        }

        if (!_content.IsOpen)
        {
            if (!changed.TryNext(out int window, out EventTime end))
            {
                _isWalking = false;
                return false;
            }

            Begin(end, window, kind);
        }

        EmitPortion(kind);
        return true;
    }

    private void Begin(EventTime end, int kind, ContentKind content)
    {
        (_kind, _end, _emitted) = (kind, end, 0);
        int first = _slices.FirstEndingAfter(_kinds[kind].StartOf(end));
        _content.Begin(first, _slices.FirstEndingAfter(end) - 1, content);
    }

    private void AddResults(Batch<WindowResult<TKey, TOut>> batch, Slice<TKey, TAccumulator> source, Window bounds, ContentKind content)
    {
        int end = Math.Min(_content.Count, _emitted + Batch.MaxRows);

        // Computing a result may change the accumulator.
        _slices.Unshare(source);
        SliceTable<TKey, TAccumulator> table = source.Table;
        for (; _emitted < end; _emitted++)
        {
            int slot = _content.SlotAt(_emitted);
            Pane pane = content == ContentKind.Changed ? Pane.Early
                : content == ContentKind.All || source.IsNew(slot) ? Pane.OnTime
                : Pane.Update;
            TOut value = _aggregation.Aggregate.Result(ref table.Accumulators.ForUpdate(slot), isFinal: content != ContentKind.Changed);
            batch.Add(new WindowResult<TKey, TOut>(table.Keys.KeyOf(slot), bounds, pane, value, _kind), bounds.MaxTime);
        }
    }

    protected override (Window Window, TKey Key)? FindWindow()
    {
        if (_mergedSlice is { } slice)
        {
            return (new Window(slice.Start, slice.End), slice.Table.Keys.KeyOf(_mergedSlot));
        }

        return _step switch
        {
            EmitStep.Gather => (Bounds, _content.CurrentKey),
            EmitStep.AddResults => (Bounds, _content.Source.Table.Keys.KeyOf(_content.SlotAt(_emitted))),
            _ => null,
        };
    }

    /// <summary>Merges some slices of the window, or emits some of its results.</summary>
    /// <returns>Whether the window is done.</returns>
    private bool EmitPortion(ContentKind content)
    {
        _step = EmitStep.Gather;
        bool isGathered = _content.Gather();
        _step = EmitStep.None;
        if (!isGathered)
        {
            return false;
        }

        Batch<WindowResult<TKey, TOut>> batch = Batch<WindowResult<TKey, TOut>>.Rent();
        _step = EmitStep.AddResults;
        AddResults(batch, _content.Source, Bounds, content);
        _step = EmitStep.None;
        bool isDone = _emitted == _content.Count;
        if (isDone)
        {
            _content.End();
        }

        Send(batch);
        return isDone;
    }
}

/// <summary>What a window operator does with the window that it emits, for errors.</summary>
internal enum EmitStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It merges the window's slices.</summary>
    Gather,

    /// <summary>It makes results.</summary>
    AddResults,
}
