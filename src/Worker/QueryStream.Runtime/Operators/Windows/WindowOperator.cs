using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>
/// The second phase of a window aggregation, or all of it: holds the windows of the task's key groups, fires them when the watermark
/// passes their end, again when a late row changes them, and gives them up after the lateness.
/// </summary>
internal sealed class WindowOperator<T, TKey, TAccumulator, TOut> : IControlInput, IResumable, IRowInput<T>
    where TAccumulator : struct
{
    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly TaskContext _context;
    private readonly string _name;
    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly IInput<WindowResult<TKey, TOut>> _results;
    private readonly IInput<T> _late;
    private readonly WindowSet<TKey, TAccumulator> _windows = new();
    private readonly Queue<PendingWork> _pending = new();
    private readonly bool _givesEarly;
    private EventTime _watermark = EventTime.MinValue;
    private int _window;
    private int _fired;
    private bool _earlyIsPending;

    /// <summary>Creates the operator.</summary>
    public WindowOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
    {
        _context = context;
        _name = node.Name;
        _aggregation = node.Aggregation;
        _results = results;
        _late = late;
        _givesEarly = _aggregation.EarlyInterval is not null;
        if (_aggregation.EarlyInterval is { } interval)
        {
            context.Every(interval, DemandEarly);
        }
    }

    /// <summary>Takes partial results of the first phase.</summary>
    public IRowInput<Partial<TKey, TAccumulator>> Partials => new PartialInput(this);

    /// <summary>Takes single rows.</summary>
    public void OnBatch(Batch<T> batch)
    {
        try
        {
            Add(batch);
        }
        catch (Exception) when (_context.Blame(_name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }

    public void OnControl(in Control control)
    {
        if (_pending.Count == 0 && !(control.Kind == ControlKind.Watermark && HasDue(control.Watermark)))
        {
            Forward(control);
            return;
        }

        Enqueue(new PendingWork(control));
    }

    /// <summary>Emits about a batch of results.</summary>
    public bool Resume()
    {
        try
        {
            return ResumeFirst();
        }
        catch (Exception) when (_context.Blame(_name))
        {
            // As above.
            throw;
        }
    }

    // Once, however often the timer has come while a full sink held everything back.
    private void DemandEarly()
    {
        if (!_earlyIsPending)
        {
            _earlyIsPending = true;
            Enqueue(new PendingWork(null));
        }
    }

    private bool ResumeFirst()
    {
        PendingWork work = _pending.Peek();
        bool isDone = work.Control is { } control
            ? control.Kind != ControlKind.Watermark || !FireDue(control.Watermark)
            : !EmitChanged(work.OnlyClosed);
        if (!isDone)
        {
            return false;
        }

        _pending.Dequeue();
        if (work.Control is { } done)
        {
            Forward(done);
        }
        else if (!work.OnlyClosed)
        {
            _earlyIsPending = false;
        }

        return _pending.Count == 0;
    }

    private void Enqueue(PendingWork work)
    {
        _pending.Enqueue(work);
        if (_pending.Count == 1)
        {
            _context.Defer(this);
        }
    }

    private void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            _watermark = control.Watermark;
            while (_windows.Count > 0 && IsTooLate(_windows[0].End))
            {
                _windows.RemoveFirst();
            }
        }

        _results.OnControl(control);
        _late.OnControl(control);
    }

    private bool IsTooLate(EventTime end) => _watermark >= end.Add(_aggregation.Lateness - 1);

    private void Merge(ReadOnlySpan<Partial<TKey, TAccumulator>> partials)
    {
        bool changedClosed = false;
        foreach (ref readonly Partial<TKey, TAccumulator> partial in partials)
        {
            if (IsTooLate(partial.WindowEnd))
            {
                throw new InvalidOperationException(
                    $"A partial result of the window that ends at {partial.WindowEnd} came behind the watermark {_watermark}: the first phase must send such rows as they are.");
            }

            WindowState<TKey, TAccumulator> window = _windows.At(partial.WindowEnd);
            int group = window.FindOrAdd(partial.Key, partial.Hash);
            TAccumulator accumulator = partial.Accumulator;
            _aggregation.Aggregate.Merge(ref window.Accumulators[group], ref accumulator);
            changedClosed |= NoteChange(window, group);
        }

        if (changedClosed)
        {
            Enqueue(new PendingWork(null, OnlyClosed: true));
        }
    }

    private void Add(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Batch<T>? late = null;
        bool changedClosed = false;
        for (int i = 0; i < rows.Length; i++)
        {
            EventTime end = _aggregation.Windows.WindowOf(times[i]).End;
            if (IsTooLate(end))
            {
                late ??= Batch<T>.Rent();
                late.Add(rows[i], times[i]);
                continue;
            }

            WindowState<TKey, TAccumulator> window = _windows.At(end);
            TKey key = _aggregation.Key(rows[i]);
            int group = window.FindOrAdd(key, KeyType.Hash(key));
            _aggregation.Aggregate.Add(ref window.Accumulators[group], rows[i]);
            changedClosed |= NoteChange(window, group);
        }

        if (changedClosed)
        {
            Enqueue(new PendingWork(null, OnlyClosed: true));
        }

        SendLate(late);
    }

    private void SendLate(Batch<T>? late)
    {
        if (late is not null)
        {
            _context.Metrics.LateDropped.Add(late.Count);
            _late.OnBatch(late);
            late.Release();
        }
    }

    /// <summary>Notes a change where somebody will ask for it.</summary>
    /// <returns>Whether the window has closed, so that the change is due at once.</returns>
    private bool NoteChange(WindowState<TKey, TAccumulator> window, int group)
    {
        // A window that comes into being behind the watermark, within the lateness, has closed without firing.
        bool hasClosed = window.HasFired || window.End.Add(-1) <= _watermark;
        if (hasClosed || _givesEarly)
        {
            window.HasFired = hasClosed;
            window.MarkChanged(group);
        }

        return hasClosed;
    }

    private bool HasDue(EventTime watermark)
    {
        int first = _windows.FirstOpen();
        return first < _windows.Count && _windows[first].End.Add(-1) <= watermark;
    }

    /// <summary>Fires about a batch of the results that the watermark makes due.</summary>
    /// <returns>Whether there are more.</returns>
    private bool FireDue(EventTime watermark)
    {
        if (!HasDue(watermark))
        {
            return false;
        }

        WindowState<TKey, TAccumulator> window = _windows[_windows.FirstOpen()];
        int end = Math.Min(window.Groups.Count, _fired + Batch.MaxRows);
        Batch<WindowResult<TKey, TOut>> batch = Batch<WindowResult<TKey, TOut>>.Rent();
        for (; _fired < end; _fired++)
        {
            AddResult(batch, window, _fired, isFinal: true);
        }

        if (_fired == window.Groups.Count)
        {
            window.HasFired = true;
            window.ClearChanged();
            _fired = 0;
        }

        Send(batch);
        return true;
    }

    /// <summary>Emits about a batch of changed results: early ones of open windows, and updates of closed ones.</summary>
    /// <returns>Whether there are more.</returns>
    private bool EmitChanged(bool onlyClosed)
    {
        int all = onlyClosed ? _windows.FirstOpen() : _windows.Count;
        for (; _window < all; _window++)
        {
            WindowState<TKey, TAccumulator> window = _windows[_window];
            if (window.Changed.Count == 0)
            {
                continue;
            }

            int end = Math.Min(window.Changed.Count, _fired + Batch.MaxRows);
            Batch<WindowResult<TKey, TOut>> batch = Batch<WindowResult<TKey, TOut>>.Rent();
            for (; _fired < end; _fired++)
            {
                AddResult(batch, window, window.Changed[_fired], isFinal: window.HasFired);
            }

            if (_fired == window.Changed.Count)
            {
                window.ClearChanged();
                _fired = 0;
                _window++;
            }

            Send(batch);
            return true;
        }

        _window = 0;
        return false;
    }

    private void AddResult(Batch<WindowResult<TKey, TOut>> batch, WindowState<TKey, TAccumulator> window, int group, bool isFinal)
    {
        Pane pane = !isFinal ? Pane.Early : window.Close(group) ? Pane.OnTime : Pane.Update;
        TOut value = _aggregation.Aggregate.Result(ref window.Accumulators[group], isFinal);
        Window bounds = _aggregation.Windows.WindowOf(window.End.Add(-1));
        batch.Add(new WindowResult<TKey, TOut>(window.Groups.Keys[group], bounds, pane, value), bounds.MaxTime);
    }

    private void Send(Batch<WindowResult<TKey, TOut>> batch)
    {
        _results.OnBatch(batch);
        batch.Release();
    }

    // A class of its own, since one class cannot take two row types that might be the same.
    private sealed class PartialInput(WindowOperator<T, TKey, TAccumulator, TOut> window) : IRowInput<Partial<TKey, TAccumulator>>
    {
        public void OnBatch(Batch<Partial<TKey, TAccumulator>> batch)
        {
            try
            {
                window.Merge(batch.Rows);
            }
            catch (Exception) when (window._context.Blame(window._name))
            {
                // As above.
                throw;
            }
        }
    }
}
