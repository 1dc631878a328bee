using QueryStream.Core.Codecs;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The first phase of a window aggregation. It sends a slice's partial results before the watermark that ends the slice and before every barrier, so
/// it has no state in snapshots. Rows that may be late are forwarded as they are: only the second phase decides, so that results do not depend on the
/// parallelism.
/// </summary>
internal sealed class LocalWindowOperator<T, TKey, TAccumulator, TOut> : Operator<T>, IQueueOwner
    where TAccumulator : struct
{
    // With more keys in all slices, partial results are sent early: this bounds the memory.
    private const int MaxKeys = 1 << 16;

    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly IInput<Partial<TKey, TAccumulator>> _partials;
    private readonly IInput<T> _rows;
    private readonly OutputEdge? _edge;
    private readonly HeapSliceStore<TKey, TAccumulator> _slices;
    private readonly InputQueue _queue;
    private readonly PreAggregationProbe _probe = new();
    private readonly Mutations _mutations;
    private readonly int[] _slots = new int[Batch.MaxRows];
    private EventTime _rowsUntil = EventTime.MinValue;

    // Whether the receivers' watermark is unknown: after a start, since they may have restored one, and after this task was idle.
    private bool _awaitsReceivers;
    private int _keys;
    private int _sent;
    private bool _isFlushing;

    // The batch that is being added; null between batches.
    private Batch<T>? _batch;

    /// <summary>Creates the operator.</summary>
    /// <param name="context">The task.</param>
    /// <param name="node">The operator's definition.</param>
    /// <param name="partials">Receives partial results.</param>
    /// <param name="rows">Receives single rows.</param>
    /// <param name="edge">The edge to the second phase, for its receivers' watermark.</param>
    public LocalWindowOperator(
        TaskContext context,
        LocalWindowNode<T, TKey, TAccumulator, TOut> node,
        IInput<Partial<TKey, TAccumulator>> partials,
        IInput<T> rows,
        OutputEdge? edge)
        : base(context, node, passesRows: false)
    {
        _aggregation = node.Aggregation;
        _slices = new HeapSliceStore<TKey, TAccumulator>([.. _aggregation.Settings.Aligned], accumulator => _aggregation.Aggregate.Fork(accumulator));
        _partials = partials;
        _rows = rows;
        _edge = edge;
        _queue = new InputQueue(context, this);
        _mutations = context.Environment.Mutations;
        _awaitsReceivers = edge is not null;
        if (_aggregation.Settings.EarlyInterval is { } interval)
        {
            // Half of the interval, so that an early result is at most one and a half intervals old.
            context.Timers.Every(interval / 2, RequestFlush);
        }
    }

    public override void OnControl(in Control control) => _queue.Add(control);

    public bool HasWork(in Control control) => control.Kind switch
    {
        ControlKind.Watermark => _slices.Count > 0 && _slices[0].End.Add(-1) <= control.Watermark,
        ControlKind.Active => false,
        ControlKind.Barrier when _mutations.KeepsPartialsAtBarrier => false,
        _ => _slices.Count > 0,
    };

    public void ProcessPortion(in Control control) => SendPartials(_slices[0]);

    public void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            _rowsUntil = EventTime.Max(_rowsUntil, control.Watermark);
        }
        else if (control.Kind == ControlKind.Active)
        {
            _awaitsReceivers = _edge is not null;
        }

        _partials.OnControl(control);
        _rows.OnControl(control);
    }

    public override string? DescribePosition()
    {
        if (_batch is not { } batch)
        {
            return null;
        }

        int row = FailedRow.Find(_aggregation, batch, (key, hash, time) => _slices.CopyOf(key, hash, time, _aggregation.Aggregate));
        return row >= 0
            ? Context.Rows.At(batch, row, RowText.OfKeyOf(batch.Rows[row], _aggregation.Key))
            : Context.Rows.AtOneOf(batch);
    }

    protected override void Process(Batch<T> batch)
    {
        if (_awaitsReceivers && _edge!.TryGetReceiverWatermark(out EventTime reached))
        {
            _awaitsReceivers = false;
            _rowsUntil = EventTime.Max(_rowsUntil, reached);
        }

        if (_awaitsReceivers || !_probe.IsWorthwhile)
        {
            // Rows that are forwarded only because the receivers' watermark is unknown do not count against pre-aggregation.
            _probe.OnSkipped(_awaitsReceivers ? 0 : batch.Count);
            Forward(batch);
            return;
        }

        _batch = batch;
        AddRows(batch);
        _batch = null;
        if (_keys > MaxKeys)
        {
            RequestFlush();
        }
    }

    // Consecutive rows of the same slice are added together: one virtual call for all of them.
    private void AddRows(Batch<T> batch)
    {
        if (KeptValue<TAccumulator>.HoldsTexts)
        {
            // An aggregate of the job may keep texts of rows in its accumulators.
            batch.Detach();
        }

        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Batch<T>? single = null;
        int i = 0;
        while (i < rows.Length)
        {
            Window span = _slices.SpanOf(times[i]);
            if (span.MaxTime <= _rowsUntil)
            {
                single ??= Batch<T>.Rent();
                single.Add(rows[i], times[i]);
                i++;
                continue;
            }

            int first = i;
            while (++i < rows.Length && times[i] >= span.Start && times[i] < span.End)
            {
            }

            AddTo(_slices.At(span.End), rows[first..i], times[first..i]);
        }

        if (single is not null)
        {
            single.Origin.Widen(batch.Origin);
            single.ShareFrames(batch);
            if (!_mutations.DropsLateRows)
            {
                Forward(single);
            }

            single.Release();
        }
    }

    // The ledger counts forwarded rows like those in partial results: absorbed, and out again.
    private void Forward(Batch<T> rows)
    {
        Counts.Absorbed += rows.Count;
        Counts.Out += rows.Count;
        _rows.OnBatch(rows);
    }

    private void AddTo(Slice<TKey, TAccumulator> slice, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times)
    {
        SliceTable<TKey, TAccumulator> table = slice.Table;
        int before = table.Keys.Count;
        Span<int> slots = _slots.AsSpan(0, rows.Length);
        table.FindOrAdd(rows, _aggregation.Key, slots);
        _aggregation.Aggregate.AddBatch(table.Accumulators.ForUpdate(slots), rows, times);
        Counts.Absorbed += rows.Length;
        int added = table.Keys.Count - before;
        _keys += added;
        _probe.OnAggregated(rows.Length, added);
    }

    // The timer may fire again while full outputs stop the operator: one flush is enough.
    private void RequestFlush()
    {
        if (!_isFlushing)
        {
            _isFlushing = true;
            _queue.Add(FlushPortion);
        }
    }

    private bool FlushPortion()
    {
        if (_slices.Count > 0)
        {
            SendPartials(_slices[0]);
            return true;
        }

        _isFlushing = false;
        return false;
    }

    private void SendPartials(Slice<TKey, TAccumulator> slice)
    {
        Batch<Partial<TKey, TAccumulator>> batch = Batch<Partial<TKey, TAccumulator>>.Rent();
        KeyTable<TKey> keys = slice.Table.Keys;
        int count = keys.Count;
        for (; _sent < count && !batch.IsFull; _sent++)
        {
            TAccumulator accumulator = slice.Table.Accumulators[_sent];
            int bytes = (int)Math.Min(int.MaxValue, _aggregation.Aggregate.SizeOf(accumulator));
            batch.Add(new Partial<TKey, TAccumulator>(keys.KeyOf(_sent), keys.HashOf(_sent), slice.End, accumulator), slice.End.Add(-1), bytes);
        }

        if (_sent == count)
        {
            _keys -= count;
            _sent = 0;
            _slices.RemoveFirst();
        }

        Counts.Out += batch.Count;
        _partials.OnBatch(batch);
        batch.Release();
    }
}
