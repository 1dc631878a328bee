using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>
/// The second phase of an aggregation over aligned windows, or all of it: holds the slices of the task's key groups, gives a window's results
/// when the watermark, or the clock, passes its end, again when a late row changes them, and gives slices up when no window needs them.
/// </summary>
internal sealed partial class WindowOperator<T, TKey, TAccumulator, TOut> : IControlInput, IResumable, IRowInput<T>, IStatefulOperator
    where TAccumulator : struct
{
    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly TaskContext _context;
    private readonly WindowAggregation<T, TKey, TAccumulator, TOut> _aggregation;
    private readonly WindowSettings _settings;
    private readonly IReadOnlyList<AlignedWindows> _kinds;
    private readonly IInput<WindowResult<TKey, TOut>> _results;
    private readonly IInput<T> _late;
    private readonly SliceSet<TKey, TAccumulator> _slices;
    private readonly Queue<PendingWork> _pending = new();
    private readonly WindowClock? _clock;
    private EventTime _watermark = EventTime.MinValue;
    private bool _earlyIsPending;

    /// <summary>Creates the operator.</summary>
    public WindowOperator(
        TaskContext context, WindowNode<T, TKey, TAccumulator, TOut> node, IInput<WindowResult<TKey, TOut>> results, IInput<T> late)
    {
        _context = context;
        (Id, Name) = (node.Id, node.Name);
        _aggregation = node.Aggregation;
        _settings = _aggregation.Settings;
        _kinds = _settings.Aligned;
        _results = results;
        _late = late;
        _slices = new SliceSet<TKey, TAccumulator>(_kinds);
        _content = new WindowContent<T, TKey, TAccumulator, TOut>(_aggregation.Aggregate, _slices);
        _changed = new ChangedWindows<TKey, TAccumulator>(_kinds);
        _changedLate = new ChangedWindows<TKey, TAccumulator>(_kinds);
        _clock = _settings.IsProcessingTime ? new WindowClock(context, OnClock) : null;
        if (_settings.EarlyInterval is { } interval)
        {
            context.Every(interval, DemandEarly);
        }

        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    public string Name { get; }

    /// <summary>Takes partial results of the first phase.</summary>
    public IRowInput<Partial<TKey, TAccumulator>> Partials => new PartialInput(this);

    /// <summary>Takes single rows.</summary>
    public void OnBatch(Batch<T> batch)
    {
        try
        {
            Add(batch);
            ArmClock();
        }
        catch (Exception) when (_context.Blame(Name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }

    public void OnControl(in Control control)
    {
        if (_pending.Count == 0 && !HasDue(ReachedBy(control)))
        {
            Forward(control);
            return;
        }

        Enqueue(PendingWork.Of(control));
    }

    /// <summary>Emits about a batch of results.</summary>
    public bool Resume()
    {
        try
        {
            return ResumeFirst();
        }
        catch (Exception) when (_context.Blame(Name))
        {
            // As above.
            throw;
        }
    }

    // What a control element says of the time that closes windows. The clock's windows are closed by the end of the input too.
    private EventTime ReachedBy(in Control control) =>
        control.Kind == ControlKind.Watermark && (_clock is null || control.Watermark == EventTime.MaxValue) ? control.Watermark : EventTime.MinValue;

    // Once, however often the timer has come while a full sink held everything back.
    private void DemandEarly()
    {
        if (!_earlyIsPending)
        {
            _earlyIsPending = true;
            Enqueue(new PendingWork(WorkKind.Early));
        }
    }

    private void OnClock(EventTime passed) => Enqueue(new PendingWork(WorkKind.Clock, Clock: passed));

    private void ArmClock() => _clock?.Arm(NextDue(out _));

    private bool ResumeFirst()
    {
        PendingWork work = _pending.Peek();
        bool more = work.Kind switch
        {
            WorkKind.Control => GiveDue(ReachedBy(work.Control)),
            WorkKind.Clock => GiveDue(work.Clock),
            WorkKind.Early => GiveChanged(),
            _ => GiveLate(),
        };
        if (more)
        {
            return false;
        }

        _pending.Dequeue();
        Finish(work);
        return _pending.Count == 0;
    }

    private void Finish(in PendingWork work)
    {
        switch (work.Kind)
        {
            case WorkKind.Control:
                Forward(work.Control);
                break;
            case WorkKind.Clock:
                Advance(work.Clock);
                ArmClock();
                break;
            case WorkKind.Early:
                _earlyIsPending = false;
                break;
            default:
                break;
        }
    }

    private void Enqueue(in PendingWork work)
    {
        _pending.Enqueue(work);
        if (_pending.Count == 1)
        {
            _context.Defer(this);
        }
    }

    private void Forward(in Control control)
    {
        Advance(ReachedBy(control));
        if (control.Kind == ControlKind.Barrier)
        {
            _context.Capture(this);
        }

        _results.OnControl(control);
        _late.OnControl(control);
    }

    private void Advance(EventTime reached)
    {
        if (reached <= _watermark)
        {
            return;
        }

        _watermark = reached;
        (_givenEnd, _givenKind) = (reached.Add(1), _kinds.Count - 1);
        while (_slices.Count > 0 && IsTooLate(_slices[0]))
        {
            _slices.RemoveFirst();
        }
    }

    private bool IsTooLate(Slice<TKey, TAccumulator> slice) => _watermark >= slice.LastWindowEnd.Add(_settings.Lateness - 1);
}
