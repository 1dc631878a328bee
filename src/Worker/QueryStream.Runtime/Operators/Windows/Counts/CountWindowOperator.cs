using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Reading;
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

    // The slots whose windows have a result that is due, and those whose windows have closed, in this batch.
    private readonly List<int> _due = [];
    private readonly List<int> _closed = [];

    // The results of this batch, and how many of its rows are added.
    private Batch<WindowResult<TKey, TOut>>? _results;
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

    public override void ReadKey(string key, KeyStateWriter output)
    {
        (TKey parsed, ulong hash) = NodeKey<TKey>.Instance.Read(key);
        output.Watermark(Watermark);
        try
        {
            int slot = _store.Find(parsed, hash);
            if (slot >= 0)
            {
                TAccumulator copy = _aggregation.Aggregate.Copy(_store.AccumulatorOf(slot));
                output.BeginWindow(_windows.ToString(), WindowOf(_store.ForWrite(slot)), hasFired: false);
                output.WindowValue(_store.AccumulatorOf(slot), _aggregation.Aggregate.Result(ref copy, isFinal: false));
                output.EndWindow();
            }
        }
        finally
        {
            _store.Release();
        }
    }

    protected override void Add(Batch<T> batch)
    {
        DetachKept<TAccumulator>(batch);
        Span<int> slots = _slots.AsSpan(0, batch.Count);
        _store.FindOrAdd(batch.Rows, _aggregation.Key, slots);
        _added = 0;
        CountRows(batch, _store.ForWrite(slots), Clock?.Now(Watermark));
        AddDue(batch, batch.Count);
        RemoveClosed();
        _store.Release();
        if (_results is { } results)
        {
            _results = null;
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

    // Results are made together, so that rows are added in long runs: only the next row of a window whose result is due must wait for it.
    private void CountRows(Batch<T> batch, PagedElements<CountInfo> windows, EventTime? now)
    {
        ReadOnlySpan<EventTime> times = batch.Times;
        long limit = _windows.Rows;
        for (int i = 0; (i = CountRows(windows, times, now, i, limit)) < times.Length; i++)
        {
            ref CountInfo window = ref windows[i];
            if (window.Rows == CountInfo.Due)
            {
                AddDue(batch, i);
            }

            window.Add(now ?? times[i]);
            if (window.Rows >= limit)
            {
                window.Rows = CountInfo.Due;
                _due.Add(_slots[i]);
            }
        }
    }

    // Counts rows up to one that fills its window. Nothing is called in the loop, so that its variables stay in registers.
    private static int CountRows(PagedElements<CountInfo> windows, ReadOnlySpan<EventTime> times, EventTime? now, int first, long limit)
    {
        int i = first;
        for (; i < times.Length; i++)
        {
            ref CountInfo window = ref windows[i];
            if (window.Rows >= limit - 1)
            {
                break;
            }

            window.Add(now ?? times[i]);
        }

        return i;
    }

    // Adds the rows up to one, and adds the results that are due then.
    private void AddDue(Batch<T> batch, int end)
    {
        if (_added < end)
        {
            Range run = _added..end;
            _aggregation.Aggregate.AddBatch(_store.AccumulatorsForUpdate(_slots.AsSpan(run)), batch.Rows[run], batch.Times[run]);
            Counts.Absorbed += end - _added;
            _added = end;
        }

        foreach (int slot in _due)
        {
            AddResult(_results ??= Batch<WindowResult<TKey, TOut>>.Rent(), slot, isFinal: _windows.StartsAnew);
        }

        _due.Clear();
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

    private void RemoveClosed()
    {
        if (_closed.Count > 0)
        {
            _store.RemoveEmpty(_closed);
            _closed.Clear();
        }
    }
}
