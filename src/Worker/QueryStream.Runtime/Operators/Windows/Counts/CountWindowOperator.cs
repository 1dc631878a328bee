using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Counts;

/// <summary>
/// Global windows: one for each key. It fires after a number of rows, and at the end of the input. Time closes nothing, so no row is late.
/// </summary>
internal sealed class CountWindowOperator<T, TKey, TAccumulator, TOut> : TimedWindowOperator<T, TKey, TOut>
    where TAccumulator : struct
{
    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly Global _windows;
    private readonly CountWindowStore<TKey, TAccumulator> _store;
    private readonly int[] _slots = new int[Batch.MaxRows];

    // The slots whose windows have closed in this batch.
    private readonly List<int> _closed = [];
    private int _added;

    // For errors: the slot whose result is being made; -1 if there is none.
    private int _firing = -1;

    /// <summary>Creates the operator.</summary>
    public CountWindowOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
        : base(context, node, node.Aggregation.Settings, results, late)
    {
        _aggregation = node.Aggregation;
        _windows = (Global)Settings.Windows[0];
        _store = context.Environment.StateBackend.CreateCountWindowStore<TKey, TAccumulator>(accumulator => _aggregation.Aggregate.Fork(accumulator));
    }

    public override void Capture(StateCapture capture) => capture.Keyed("windows", _store.Capture(capture).Select(static item =>
        (item.Hash, (item.Key, item.Window.Rows, new Window(item.Window.First, item.Window.Last), item.Accumulator))));

    public override Task RestoreAsync(StateReader state) =>
        state.KeyedAsync<(TKey Key, long Rows, Window Times, TAccumulator Accumulator)>("windows", item =>
        {
            int slot = _store.FindOrAdd(item.Key, KeyType.Hash(item.Key));
            _store.ForWrite(slot) = new CountInfo { Rows = item.Rows, First = item.Times.Start, Last = item.Times.End };
            _store.SetAccumulator(slot, KeptValue<TAccumulator>.Of(item.Accumulator));
            _store.Release();
        });

    protected override void Add(Batch<T> batch)
    {
        DetachKept<TAccumulator>(batch);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        EventTime? now = Clock?.Now(Watermark);
        Batch<WindowResult<TKey, TOut>>? results = null;
        Span<int> slots = _slots.AsSpan(0, rows.Length);
        _store.FindOrAdd(rows, _aggregation.Key, slots);
        PagedElements<CountInfo> windows = _store.ForWrite(slots);
        long limit = _windows.Rows;
        _added = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            EventTime time = now ?? times[i];
            ref CountInfo info = ref windows[i];
            (info.First, info.Last) = (EventTime.Min(info.First, time), EventTime.Max(info.Last, time));
            if (++info.Rows >= limit)
            {
                AddRows(rows, times, i + 1);
                AddResult(results ??= Batch<WindowResult<TKey, TOut>>.Rent(), slots[i], isFinal: _windows.StartsAnew);
            }
        }

        AddRows(rows, times, rows.Length);
        RemoveClosed();
        _store.Release();
        if (results is not null)
        {
            Send(results);
        }
    }

    protected override (Window Window, TKey Key)? FindWindow() => _firing < 0 ? null : (WindowOf(_store.ForWrite(_firing)), _store.KeyOf(_firing));

    protected override int FindFailedRow(Batch<T> batch) => FailedRow.Find(_aggregation, batch, (key, hash, _) =>
        _store.Find(key, hash) is int slot and >= 0 ? _aggregation.Aggregate.Copy(_store.AccumulatorOf(slot)) : null);

    protected override string? KeyTextOf(in T row) => RowText.OfKeyOf(row, _aggregation.Key);

    // Only the end of the input closes the windows.
    protected override EventTime? NextDue() => _store.IsEmpty ? null : EventTime.MaxValue;

    protected override bool EmitDue(EventTime reached)
    {
        if (!HasDue(reached))
        {
            return false;
        }

        Batch<WindowResult<TKey, TOut>> results = Batch<WindowResult<TKey, TOut>>.Rent();
        while (!_store.IsEmpty && !results.IsFull)
        {
            AddResult(results, _store.Any(), isFinal: true);
            RemoveClosed();
        }

        _store.Release();
        Send(results);
        return true;
    }

    protected override bool EmitEarly() => false;

    protected override bool EmitLate() => false;

    private static Window WindowOf(in CountInfo info) => new(info.First, info.Last.Add(1));

    private void AddRows(ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times, int end)
    {
        if (_added < end)
        {
            Range run = _added..end;
            _aggregation.Aggregate.AddBatch(_store.AccumulatorsForUpdate(_slots.AsSpan(run)), rows[run], times[run]);
            Counts.Absorbed += end - _added;
            _added = end;
        }
    }

    private void AddResult(Batch<WindowResult<TKey, TOut>> results, int slot, bool isFinal)
    {
        ref CountInfo info = ref _store.ForWrite(slot);
        Window window = WindowOf(info);
        _firing = slot;
        TOut value = _aggregation.Aggregate.Result(ref _store.AccumulatorForUpdate(slot), isFinal);
        _firing = -1;
        results.Add(new WindowResult<TKey, TOut>(_store.KeyOf(slot), window, isFinal ? Pane.OnTime : Pane.Early, value), info.Last);
        info.Rows = 0;
        if (isFinal)
        {
            // The slots of the batch's other rows must stay valid, and one of them may be of this key.
            info = CountInfo.Empty;
            _store.SetAccumulator(slot, default);
            _closed.Add(slot);
        }
    }

    // Backwards, since removing a slot moves the last window into its place.
    private void RemoveClosed()
    {
        if (_closed.Count == 0)
        {
            return;
        }

        _closed.Sort();
        int before = -1;
        for (int i = _closed.Count - 1; i >= 0; i--)
        {
            int slot = _closed[i];
            if (slot != before && _store.ForWrite(slot).Rows == 0)
            {
                _store.Remove(slot);
            }

            before = slot;
        }

        _closed.Clear();
    }
}
