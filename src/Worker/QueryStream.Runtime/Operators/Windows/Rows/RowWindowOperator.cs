using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <summary>
/// Windows that keep their rows, for triggers, evictors and window functions. A row is stored once for each of its windows. State and timers belong
/// to a key and a window.
/// </summary>
internal sealed partial class RowWindowOperator<T, TKey, TOut> : KeyedFunctionOperator<WindowKey<TKey>, TOut>
{
    private static readonly Window AllTime = new(EventTime.MinValue, EventTime.MaxValue);

    private readonly RowWindowNode<T, TKey, TOut> _node;
    private readonly FunctionOutputs<TOut> _outputs;
    private readonly WindowSettings _settings;
    private readonly WindowFunction<TKey, T, TOut> _function;
    private readonly Trigger<T> _trigger;
    private readonly Evictor<T>? _evictor;
    private readonly TriggerCall _triggerCall;
    private readonly FunctionCall _functionCall;
    private readonly SortedRows<T> _sorted = new();

    // Whether a window exists, its current bounds, and whether it has fired.
    private readonly ValueState<(Window Bounds, bool HasFired)> _windows;
    private readonly ListState<(EventTime Time, T Row)> _rows;

    /// <summary>Creates the operator.</summary>
    public RowWindowOperator(TaskContext context, RowWindowNode<T, TKey, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        (_node, _outputs, _settings) = (node, outputs, node.Settings);
        _windows = States.Value<(Window, bool)>("$windows");
        _rows = States.List<(EventTime, T)>("$rows");
        _sessions = States.List<(Window, Window)>("$sessions");
        _function = node.Functions.Function();
        _trigger = node.Functions.Trigger();
        _evictor = node.Functions.Evictor?.Invoke();
        _function.Open(States);
        _trigger.Open(States);
        States.Close();
        (_triggerCall, _functionCall) = (new TriggerCall(this), new FunctionCall(this));
        Rows = new RowPort(this);
    }

    /// <summary>Takes the rows.</summary>
    public IInput<T> Rows { get; }

    private Window Bounds => _windows.Value.Bounds;

    public override void OnControl(in Control control) => base.OnControl(SessionTime.AppliesTo(_settings) ? SessionTime.Of(control) : control);

    protected override void OnTimer(EventTime time, TimeDomain domain)
    {
        // The timer's window was removed.
        if (!_windows.HasValue)
        {
            return;
        }

        bool isEventTime = domain == TimeDomain.Event;
        TriggerResult result = isEventTime ? _trigger.OnEventTime(time, _triggerCall) : _trigger.OnProcessingTime(time, _triggerCall);
        Apply(result, isEventTime ? time : Function.Watermark);
        if (isEventTime ? time >= EndOf(Bounds) : _settings.IsProcessingTime && time >= Bounds.End)
        {
            ClearWindow();
        }
    }

    private void Add(in T row, EventTime eventTime)
    {
        TKey key = _node.Key(row);
        KeyType<TKey>.Instance.HashOfRow(key);
        EventTime time = _settings.IsProcessingTime ? Store.Now : eventTime;
        bool isTaken = _settings.Windows[0] switch
        {
            AlignedWindows aligned => AddToAll(aligned, key, row, time),
            Session session => AddToSession(session, key, row, time),
            _ => AddToOne(new WindowKey<TKey>(key, AllTime), row, time),
        };
        if (!isTaken)
        {
            Context.Metrics.LateDropped.Add(1);
            Counts.Late++;
            _outputs.Emit(_node.Late, row, eventTime);
        }
    }

    private bool AddToAll(AlignedWindows windows, in TKey key, in T row, EventTime time)
    {
        bool isTaken = false;
        EventTime end = windows.FirstEndAfter(time);
        EventTime last = windows.LastEndOf(time);
        while (true)
        {
            isTaken |= AddToOne(new WindowKey<TKey>(key, new Window(windows.StartOf(end), end)), row, time);
            if (end >= last)
            {
                return isTaken;
            }

            end = windows.FirstEndAfter(end);
        }
    }

    private bool AddToOne(in WindowKey<TKey> window, in T row, EventTime time)
    {
        if (IsTooLate(window.Window))
        {
            return false;
        }

        Select(window);
        if (!_windows.HasValue)
        {
            _windows.Value = (window.Window, false);
            SetTimers(window.Window);
        }

        AddRow(row, time);
        Store.Release();
        return true;
    }

    // Adds the row to the selected window.
    private void AddRow(in T row, EventTime time)
    {
        _rows.Add((time, row));
        Function.SetTime(time);
        Apply(_trigger.OnRow(row, _triggerCall), Function.Watermark);
    }

    private void Apply(TriggerResult result, EventTime passed)
    {
        if ((result & TriggerResult.Fire) != 0)
        {
            bool isClosed = _settings switch
            {
                { Windows: [Global] } => (result & TriggerResult.Purge) != 0,
                { IsProcessingTime: true } => passed == EventTime.MaxValue || Store.Now >= Bounds.End,
                _ => passed >= Bounds.MaxTime,
            };
            Fire(isClosed);
        }

        if ((result & TriggerResult.Purge) != 0)
        {
            _rows.Clear();
        }
    }

    private void Fire(bool isClosed)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        _sorted.Fill(_rows.Values);
        Change(_evictor is null ? null : _evictor.Before);
        if (_sorted.Count > 0)
        {
            _functionCall.Begin(isClosed);
            _function.Process(_sorted, _functionCall);
        }

        Change(_evictor is null ? null : _evictor.After);
        if (_sorted.HasChanged)
        {
            _rows.Replace(_sorted.ToArray());
        }

        _sorted.Clear();
        if (isClosed)
        {
            _windows.Value = (Bounds, true);
        }
    }

    private void Change(Action<WindowRows<T>, Window>? evict)
    {
        if (evict is not null)
        {
            _sorted.MayChange = true;
            evict(_sorted, Bounds);
            _sorted.MayChange = false;
        }
    }

    private void ClearWindow()
    {
        DeleteTimers(Bounds);
        Store.ClearSelected();
        if (_settings.Windows[0] is Session)
        {
            ForgetSession(Store.Key);
        }
    }

    private void Select(in WindowKey<TKey> window) => Store.Select(window, KeyType<WindowKey<TKey>>.Instance.Hash(window));

    // The time until which a window is kept. Windows that time does not close are kept until the input ends.
    private EventTime EndOf(Window window) => TimeCloses ? window.MaxTime.Add(_settings.Lateness) : EventTime.MaxValue;

    private bool TimeCloses => !_settings.IsProcessingTime && _settings.Windows[0] is not Global;

    private bool IsTooLate(Window window) => TimeCloses && Function.Watermark >= EndOf(window);

    private void SetTimers(Window window)
    {
        Function.SetTimer(EndOf(window));
        if (_settings.IsProcessingTime && window.End != EventTime.MaxValue)
        {
            Function.SetProcessingTimeTimer(window.End);
        }
    }

    private void DeleteTimers(Window window)
    {
        Function.DeleteTimer(EndOf(window));
        if (_settings.IsProcessingTime)
        {
            Function.DeleteProcessingTimeTimer(window.End);
        }
    }

    // The first window of a session identifies its state.
    protected override string Describe(in WindowKey<TKey> key, EventTime timer) =>
        $"in the timer of {timer} of {WindowText.Of(key.Window, key.Key)}";

    private sealed class RowPort(RowWindowOperator<T, TKey, TOut> owner) : Port<T>(owner)
    {
        protected override string? KeyOf(in T row) => RowText.OfKeyOf(row, owner._node.Key);

        protected override void Call(Batch<T> batch, ref int row)
        {
            int i = row;
            for (; i < batch.Count && !owner._outputs.HasFull; i++)
            {
                row = i;
                BeginRow();
                owner.Add(batch.Rows[i], batch.Times[i]);
            }

            row = i;
        }
    }
}
