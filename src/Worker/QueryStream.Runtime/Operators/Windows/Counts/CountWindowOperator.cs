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
    private readonly CaptureVersions _versions = new();
    private readonly KeyTable<TKey> _keys;
    private readonly int[] _slots = new int[Batch.MaxRows];
    private PagedArray<CountInfo> _infos = new();
    private AccumulatorArray<TAccumulator> _accumulators;
    private int _folded;

    // For errors: the slot whose result is being made; -1 where it is none.
    private int _firing = -1;

    /// <summary>Creates the operator.</summary>
    public CountWindowOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
        : base(context, node, node.Aggregation.Settings, results, late)
    {
        _aggregation = node.Aggregation;
        _windows = (Global)Settings.Windows[0];
        _keys = new KeyTable<TKey>(_versions);
        _accumulators = new AccumulatorArray<TAccumulator>(_versions, accumulator => _aggregation.Aggregate.Fork(accumulator));
    }

    public override void Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        capture.Keyed("windows", Items(_keys.Freeze(), _infos.Freeze(), _accumulators.Freeze()));
    }

    public override Task RestoreAsync(StateReader state) =>
        state.KeyedAsync<(TKey Key, long Rows, Window Times, TAccumulator Accumulator)>("windows", item =>
        {
            int slot = SlotOf(item.Key, KeyType.Hash(item.Key), item.Times.Start);
            _infos.ForWrite(slot, _versions) = new CountInfo { Rows = item.Rows, First = item.Times.Start, Last = item.Times.End };
            _accumulators.Set(slot, KeptValue<TAccumulator>.Of(item.Accumulator));
        });

    protected override void Add(Batch<T> batch)
    {
        DetachKept<TAccumulator>(batch);
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        EventTime now = Clock?.Now(Watermark) ?? default;
        Batch<WindowResult<TKey, TOut>>? results = null;
        _folded = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            EventTime time = Clock is null ? times[i] : now;
            TKey key = _aggregation.Key(rows[i]);
            int slot = _slots[i] = SlotOf(key, KeyType.HashOfRow(key), time);
            ref CountInfo info = ref _infos.ForWrite(slot, _versions);
            (info.First, info.Last) = (EventTime.Min(info.First, time), EventTime.Max(info.Last, time));
            if (++info.Rows >= _windows.Rows)
            {
                Fold(rows, times, i + 1);
                AddResult(results ??= Batch<WindowResult<TKey, TOut>>.Rent(), slot, isFinal: _windows.StartsAnew);
            }
        }

        Fold(rows, times, rows.Length);
        if (results is not null)
        {
            Send(results);
        }
    }

    protected override (Window Window, TKey Key)? FindWindow() => _firing < 0 ? null : (WindowOf(_infos[_firing]), _keys.KeyOf(_firing));

    protected override int FindFailedRow(Batch<T> batch) => FailedRow.Find(_aggregation, batch, (key, hash, _) =>
        _keys.Find(key, hash) is int slot and >= 0 ? _aggregation.Aggregate.Copy(_accumulators[slot]) : null);

    protected override string? KeyTextOf(in T row) => RowText.OfKeyOf(row, _aggregation.Key);

    // Only the end of the input closes the windows.
    protected override EventTime? NextDue() => _keys.Count > 0 ? EventTime.MaxValue : null;

    protected override bool EmitDue(EventTime reached)
    {
        if (!HasDue(reached))
        {
            return false;
        }

        Batch<WindowResult<TKey, TOut>> results = Batch<WindowResult<TKey, TOut>>.Rent();
        while (_keys.Count > 0 && !results.IsFull)
        {
            AddResult(results, _keys.Count - 1, isFinal: true);
        }

        Send(results);
        return true;
    }

    protected override bool EmitEarly() => false;

    protected override bool EmitLate() => false;

    private static IEnumerable<(ulong, (TKey, long, Window, TAccumulator))> Items(
        FrozenKeys<TKey> keys, FrozenArray<CountInfo> infos, FrozenArray<TAccumulator> accumulators)
    {
        for (int slot = 0; slot < keys.Count; slot++)
        {
            CountInfo info = infos[slot];
            yield return (keys.HashOf(slot), (keys.KeyOf(slot), info.Rows, new Window(info.First, info.Last), accumulators[slot]));
        }
    }

    private static Window WindowOf(in CountInfo info) => new(info.First, info.Last.Add(1));

    private int SlotOf(in TKey key, ulong hash, EventTime time)
    {
        int before = _keys.Count;
        int slot = _keys.FindOrAdd(key, hash);
        if (slot == before)
        {
            _infos.EnsureCapacity(_keys.Count, _versions);
            _accumulators.EnsureCapacity(_keys.Count);
            _infos.ForWrite(slot, _versions) = new CountInfo { First = time, Last = time };
        }

        return slot;
    }

    private void Fold(ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times, int end)
    {
        if (_folded < end)
        {
            Range run = _folded..end;
            _aggregation.Aggregate.AddBatch(_accumulators.ForUpdate(_slots.AsSpan(run)), rows[run], times[run]);
            _folded = end;
        }
    }

    private void AddResult(Batch<WindowResult<TKey, TOut>> results, int slot, bool isFinal)
    {
        ref CountInfo info = ref _infos.ForWrite(slot, _versions);
        Window window = WindowOf(info);
        _firing = slot;
        TOut value = _aggregation.Aggregate.Result(ref _accumulators.ForUpdate(slot), isFinal);
        _firing = -1;
        results.Add(new WindowResult<TKey, TOut>(_keys.KeyOf(slot), window, isFinal ? Pane.OnTime : Pane.Early, value), info.Last);
        info.Rows = 0;
        if (isFinal)
        {
            Remove(slot);
        }
    }

    private void Remove(int slot)
    {
        int moved = _keys.Remove(slot);
        if (moved != slot)
        {
            _infos.ForWrite(slot, _versions) = _infos[moved];
            _accumulators.Set(slot, _accumulators.ForUpdate(moved));
        }

        _accumulators.Set(moved, default);
    }
}

/// <summary>What is known of a key's window beside its accumulator.</summary>
internal struct CountInfo
{
    /// <summary>Rows since the last result.</summary>
    public long Rows;

    /// <summary>The earliest time of a row of the window.</summary>
    public EventTime First;

    /// <summary>The latest time of a row of the window.</summary>
    public EventTime Last;
}
