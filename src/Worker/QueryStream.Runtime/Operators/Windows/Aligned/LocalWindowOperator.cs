using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The first phase of a window aggregation. A slice's partial results go out before the watermark that ends it, so there is
/// nothing to snapshot. Rows that may be late pass as they are: only the second phase knows, and so results do not depend on
/// the parallelism.
/// </summary>
internal sealed class LocalWindowOperator<T, TKey, TAccumulator, TOut> : Operator<T>, IResumable
    where TAccumulator : struct
{
    // Beyond this many keys in all slices they are sent early, which bounds the memory of the first phase.
    private const int MaxGroups = 1 << 16;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly IInput<Partial<TKey, TAccumulator>> _partials;
    private readonly IInput<T> _rows;
    private readonly OutputEdge? _edge;
    private readonly SliceSet<TKey, TAccumulator> _slices;
    private readonly Queue<WindowWork> _pending = new();
    private readonly MergeProbe _probe = new();
    private readonly int[] _slots = new int[Batch.MaxRows];
    private EventTime _rowsUntil = EventTime.MinValue;

    // Also at the start, since the receivers may go on from a snapshot.
    private bool _awaitsReceivers;
    private int _groups;
    private int _sent;
    private bool _flushIsPending;

    /// <summary>Creates the operator.</summary>
    /// <param name="context">The task.</param>
    /// <param name="node">What it does.</param>
    /// <param name="partials">Takes partial results.</param>
    /// <param name="rows">Takes single rows.</param>
    /// <param name="edge">The edge to the second phase, for its receivers' watermark.</param>
    public LocalWindowOperator(
        TaskContext context,
        LocalWindowNode<T, TKey, TAccumulator, TOut> node,
        IInput<Partial<TKey, TAccumulator>> partials,
        IInput<T> rows,
        OutputEdge? edge)
        : base(context, node.Name)
    {
        _aggregation = node.Aggregation;
        _slices = new SliceSet<TKey, TAccumulator>([.. _aggregation.Settings.Aligned], accumulator => _aggregation.Aggregate.Fork(accumulator));
        _partials = partials;
        _rows = rows;
        _edge = edge;
        _awaitsReceivers = edge is not null;
        if (_aggregation.Settings.EarlyInterval is { } interval)
        {
            // Half of the interval, so that an early result is at most one and a half intervals old.
            context.Every(interval / 2, RequestFlush);
        }
    }

    public override void OnControl(in Control control)
    {
        if (_pending.Count == 0 && !MustSendBefore(control))
        {
            Forward(control);
            return;
        }

        Enqueue(WindowWork.Of(control));
    }

    /// <summary>Sends about a batch of partial results.</summary>
    public bool Resume()
    {
        try
        {
            return ResumeFirst();
        }
        catch (Exception) when (Context.Blame(Name))
        {
            // The filter notes the innermost operator and never catches.
            throw;
        }
    }

    private bool ResumeFirst()
    {
        WindowWork work = _pending.Peek();
        EventTime until = work.Control.Kind == ControlKind.Watermark ? work.Control.Watermark : EventTime.MaxValue;
        if (_slices.Count > 0 && _slices[0].End.Add(-1) <= until)
        {
            SendSome(_slices[0]);
            return false;
        }

        _pending.Dequeue();
        if (work.Kind == WindowWorkKind.Control)
        {
            Forward(work.Control);
        }
        else
        {
            _flushIsPending = false;
        }

        return _pending.Count == 0;
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
            // Rows that only wait for the receivers say nothing of what folding would save.
            _probe.OnSkipped(_awaitsReceivers ? 0 : batch.Count);
            _rows.OnBatch(batch);
            return;
        }

        try
        {
            Fold(batch);
        }
        catch (Exception) when (!Context.HasBlamed && Blame(batch))
        {
            // The filter never catches.
            throw;
        }

        if (_groups > MaxGroups)
        {
            RequestFlush();
        }
    }

    private bool Blame(Batch<T> batch)
    {
        int row = FailedRow.Find(_aggregation, batch, (key, hash, time) => _slices.CopyOf(key, hash, time, _aggregation.Aggregate));
        return row >= 0
            ? Context.Blame(Name, batch, row, RowText.OfKeyOf(batch.Rows[row], _aggregation.Key))
            : Context.Blame(Name, Context.Rows.AtOneOf(batch));
    }

    // Rows of the same slice that follow each other are folded together: one virtual call for all of them.
    private void Fold(Batch<T> batch)
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

            FoldInto(_slices.At(span.End), rows[first..i], times[first..i]);
        }

        if (single is not null)
        {
            single.Origin.Widen(batch.Origin);
            single.ShareFrames(batch);
            _rows.OnBatch(single);
            single.Release();
        }
    }

    private void FoldInto(Slice<TKey, TAccumulator> slice, ReadOnlySpan<T> rows, ReadOnlySpan<EventTime> times)
    {
        SliceTable<TKey, TAccumulator> table = slice.Table;
        int before = table.Keys.Count;
        Span<int> slots = _slots.AsSpan(0, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            TKey key = _aggregation.Key(rows[i]);
            slots[i] = table.FindOrAdd(key, KeyType.HashOfRow(key));
        }

        _aggregation.Aggregate.AddBatch(table.Accumulators.ForUpdate(slots), rows, times);
        int added = table.Keys.Count - before;
        _groups += added;
        _probe.OnFolded(rows.Length, added);
    }

    private bool MustSendBefore(in Control control) => control.Kind switch
    {
        ControlKind.Watermark => _slices.Count > 0 && _slices[0].End.Add(-1) <= control.Watermark,
        ControlKind.Active => false,
        _ => _slices.Count > 0,
    };

    // Once, however often the timer has come while full outputs held everything back.
    private void RequestFlush()
    {
        if (!_flushIsPending)
        {
            _flushIsPending = true;
            Enqueue(new WindowWork(WindowWorkKind.Flush));
        }
    }

    private void Enqueue(WindowWork work)
    {
        _pending.Enqueue(work);
        if (_pending.Count == 1)
        {
            Context.Work.Defer(this);
        }
    }

    private void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            _rowsUntil = EventTime.Max(_rowsUntil, control.Watermark);
        }
        else if (control.Kind == ControlKind.Active)
        {
            // While this task was idle, time may have gone on without it.
            _awaitsReceivers = _edge is not null;
        }

        _partials.OnControl(control);
        _rows.OnControl(control);
    }

    private void SendSome(Slice<TKey, TAccumulator> slice)
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
            _groups -= count;
            _sent = 0;
            _slices.RemoveFirst();
        }

        _partials.OnBatch(batch);
        batch.Release();
    }
}
