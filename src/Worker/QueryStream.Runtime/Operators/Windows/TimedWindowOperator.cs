using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>
/// The base of window operators. Results that the watermark or the clock fires, early results, and updates by late rows are emitted one batch at a
/// time, and in order with the control elements. Used in turns of one task.
/// </summary>
internal abstract class TimedWindowOperator<T, TKey, TOut> : IInput<T>, IQueueOwner, IStatefulOperator, IKeyedOperator
{
    private const string WatermarkState = "watermark";

    private readonly IInput<WindowResult<TKey, TOut>> _results;
    private readonly IInput<T> _late;
    private readonly InputQueue _queue;
    private readonly TimerWork _early;
    private readonly TimerWork _clockWork;
    private readonly bool _hasSessions;
    private EventTime _clockPassed;

    // The batch whose rows are being added; null between batches.
    private Batch<T>? _batch;

    protected TimedWindowOperator(
        TaskContext context, StreamNode node, WindowSettings settings, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
    {
        (Context, Id, Name, Settings, _results, _late) = (context, node.Id, node.Name, settings, results, late);
        _queue = new InputQueue(context, this);
        _early = new TimerWork(context, this, _queue.Place, EmitEarly);
        _clockWork = new TimerWork(context, this, _queue.Place, EmitDueByClock);
        _hasSessions = SessionTime.AppliesTo(settings);
        Clock = settings.IsProcessingTime ? new WindowClock(context.Timers, OnClock) : null;
        if (settings.EarlyInterval is { } interval)
        {
            context.Timers.Every(interval, _early.Begin);
        }

        Counts = context.Ledger.Of(node);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    public string Name { get; }

    protected static KeyType<TKey> KeyType { get; } = KeyType<TKey>.Instance;

    protected TaskContext Context { get; }

    protected WindowSettings Settings { get; }

    /// <summary>Counts rows by outcome.</summary>
    protected OperatorRows Counts { get; }

    /// <summary>The clock of processing time; null in event time.</summary>
    protected WindowClock? Clock { get; }

    /// <summary>The time reached: all windows that end by then have fired.</summary>
    protected EventTime Watermark { get; private set; } = EventTime.MinValue;

    public void OnBatch(Batch<T> batch)
    {
        IAttributable? caller = Context.Attribution.Enter(this);
        _batch = batch;
        Counts.In += batch.Count;
        Add(batch);
        _batch = null;
        ArmClock();
        Context.Attribution.Leave(caller);
    }

    public void OnControl(in Control control) => _queue.Add(_hasSessions ? SessionTime.Of(control) : control);

    public bool HasWork(in Control control) => HasDue(TimeReachedBy(control));

    public void ProcessPortion(in Control control) => EmitDue(TimeReachedBy(control));

    public void Forward(in Control control)
    {
        Advance(TimeReachedBy(control));
        if (control.Kind == ControlKind.Barrier)
        {
            Context.Capture(this);
        }

        _results.OnControl(control);
        _late.OnControl(control);
    }

    public string? DescribePosition() =>
        FindWindow() is { } one ? $"in {WindowText.Of(one.Window, one.Key)}" : _batch is { } batch ? DescribeRow(batch) : null;

    public abstract void Capture(StateCapture capture);

    public abstract Task RestoreAsync(StateReader state);

    public abstract void ReadKey(string key, KeyStateWriter output);

    /// <summary>Adds rows to their windows.</summary>
    protected abstract void Add(Batch<T> batch);

    /// <summary>When the next result is due; null if there is none.</summary>
    protected abstract EventTime? NextDue();

    /// <summary>Emits about a batch of the results that are due by a time that has been reached.</summary>
    /// <returns>Whether there is more to do.</returns>
    protected abstract bool EmitDue(EventTime reached);

    /// <summary>Emits about a batch of early results.</summary>
    /// <returns>Whether there is more to do.</returns>
    protected abstract bool EmitEarly();

    /// <summary>Emits about a batch of results that late rows have changed.</summary>
    /// <returns>Whether there is more to do.</returns>
    protected abstract bool EmitLate();

    /// <summary>Called when time has advanced and its results are emitted: removes state that no row can change any more.</summary>
    protected virtual void OnAdvanced()
    {
    }

    /// <summary>Calls <see cref="EmitLate"/> before the next element is handled.</summary>
    protected void RequestLate() => _queue.Add(EmitLate);

    /// <summary>Sets the time that has passed, if it is later than before.</summary>
    protected void Advance(EventTime reached)
    {
        if (reached > Watermark)
        {
            Watermark = reached;
            OnAdvanced();
        }
    }

    /// <summary>Adds the time that has passed to a capture.</summary>
    protected void CaptureWatermark(StateCapture capture) => capture.List(WatermarkState, [Watermark]);

    /// <summary>
    /// The earliest time among the subtasks. They differ if sources become idle and active again, since each subtask receives the elements in another
    /// order. With the earliest time, no window counts as fired that has not.
    /// </summary>
    protected static async Task<EventTime> RestoredWatermarkAsync(StateReader state)
    {
        EventTime? least = null;
        await state.UnionAsync<EventTime>(WatermarkState, one => least = EventTime.Min(least ?? one, one)).ConfigureAwait(false);

        // The job was drained: event time ended only for that run, so rows read now are not late.
        return least is null || least == EventTime.MaxValue ? EventTime.MinValue : least.Value;
    }

    /// <summary>Sets the clock for the next result.</summary>
    protected void ArmClock() => Clock?.Arm(NextDue() ?? EventTime.MaxValue);

    /// <summary>Whether a result is due by a time.</summary>
    protected bool HasDue(EventTime reached) => reached > Watermark && NextDue() is { } due && due.Add(-1) <= reached;

    /// <summary>Emits results.</summary>
    protected void Send(Batch<WindowResult<TKey, TOut>> batch)
    {
        Counts.Out += batch.Count;
        _results.OnBatch(batch);
        batch.Release();
    }

    /// <summary>Emits rows that are too late to the side output, and counts them.</summary>
    protected void SendLate(Batch<T>? late, Batch<T> from)
    {
        if (late is not null)
        {
            late.Origin.Widen(from.Origin);
            late.ShareFrames(from);
            Context.Metrics.LateDropped.Add(late.Count);
            Counts.Late += late.Count;
            _late.OnBatch(late);
            late.Release();
        }
    }

    /// <summary>Makes the texts of rows safe to keep, if an aggregate of the job may keep them in its accumulators.</summary>
    protected static void DetachKept<TAccumulator>(Batch batch)
    {
        if (KeptValue<TAccumulator>.HoldsTexts)
        {
            batch.Detach();
        }
    }

    /// <summary>For errors: the window that was being merged or whose result was being made; null if there was none.</summary>
    protected abstract (Window Window, TKey Key)? FindWindow();

    /// <summary>For errors: the row of a batch for which <see cref="Add"/> has thrown; -1 if it is not found.</summary>
    protected abstract int FindFailedRow(Batch<T> batch);

    /// <summary>The text of a row's key; null if the key function throws.</summary>
    protected abstract string? KeyTextOf(in T row);

    private string DescribeRow(Batch<T> batch)
    {
        int row = FindFailedRow(batch);
        return row >= 0 ? Context.Rows.At(batch, row, KeyTextOf(batch.Rows[row])) : Context.Rows.AtOneOf(batch);
    }

    // The time up to which a control element closes windows. The end of the input also closes windows in processing time.
    private EventTime TimeReachedBy(in Control control) =>
        control.Kind == ControlKind.Watermark && (Clock is null || control.Watermark == EventTime.MaxValue) ? control.Watermark : EventTime.MinValue;

    private void OnClock(EventTime passed)
    {
        _clockPassed = passed;
        _clockWork.Begin();
    }

    private bool EmitDueByClock()
    {
        if (EmitDue(_clockPassed))
        {
            return true;
        }

        Advance(_clockPassed);
        ArmClock();
        return false;
    }
}
