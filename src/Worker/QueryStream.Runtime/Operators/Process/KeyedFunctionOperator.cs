using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The base of keyed functions: state, timers, outputs, snapshots. Used in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that are emitted.</typeparam>
internal abstract class KeyedFunctionOperator<TKey, TOut> : FunctionOperator, IStatefulOperator, IKeyedOperator
{
    // About a millisecond of work.
    private const int TimersPerPortion = 256;

    // The number of slots per row that are checked for expired state.
    private const int SweptPerRow = 2;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly FunctionOutputs<TOut> _outputs;
    private readonly KeyedStore<TKey> _store;
    private readonly TimerQueue<TKey> _eventTimers;
    private readonly ClockTimers<TKey> _clockTimers;
    private readonly TimerWork _clockWork;

    // The timer that is being called.
    private (TKey Key, EventTime Time)? _timer;

    protected KeyedFunctionOperator(TaskContext context, StreamNode node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        Id = node.Id;
        _outputs = outputs;
        IStateBackend backend = context.Environment.StateBackend;
        _store = backend.CreateKeyedStore<TKey>(context.Deployment.Graph.KeyGroups);
        _eventTimers = backend.CreateTimerQueue<TKey>("timers.event");
        _clockWork = new TimerWork(context, this, Place, CallClockTimers);
        _clockTimers = new ClockTimers<TKey>(backend, context.Timers, _clockWork.Begin);
        Function = new KeyedFunctionContext<TKey, TOut>(_store, _eventTimers, _clockTimers, outputs);
        States = new KeyedStates<TKey>(context.Deployment.Subtask, context.Deployment.Vertex.Parallelism, _store);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    /// <summary>The context of the function.</summary>
    protected KeyedFunctionContext<TKey, TOut> Function { get; }

    /// <summary>The states of all keys.</summary>
    protected KeyedStore<TKey> Store => _store;

    /// <summary>Creates the states that the function declares.</summary>
    protected KeyedStates<TKey> States { get; }

    public override bool HasWork(in Control control) => control.Kind == ControlKind.Watermark && _eventTimers.Next <= control.Watermark;

    public override void ProcessPortion(in Control control)
    {
        BeginPortion();
        Function.SetWatermark(control.Watermark);
        for (int i = 0; i < TimersPerPortion && _eventTimers.TryTake(control.Watermark, out TKey key, out ulong hash, out EventTime time); i++)
        {
            Call(key, hash, time, TimeDomain.Event);
            if (FlushFull())
            {
                break;
            }
        }

        EndPortion(0);
    }

    public override void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            Function.SetWatermark(control.Watermark);
        }
        else if (control.Kind == ControlKind.Barrier)
        {
            Context.Capture(this);
        }

        base.Forward(control);
    }

    public virtual void Capture(StateCapture capture)
    {
        _store.Capture(capture);
        _eventTimers.Capture(capture);
        _clockTimers.Capture(capture);
    }

    public virtual async Task RestoreAsync(StateReader state)
    {
        ReadClock();
        await _store.RestoreAsync(state).ConfigureAwait(false);
        await _eventTimers.RestoreAsync(state).ConfigureAwait(false);
        await _clockTimers.RestoreAsync(state).ConfigureAwait(false);
    }

    public virtual void ReadKey(string key, KeyStateWriter output)
    {
        (TKey parsed, ulong hash) = NodeKey<TKey>.Instance.Read(key);
        BeginRead(output);
        States.Read(parsed, hash, first: 0, output);
    }

    public override string? DescribePosition() => _timer is { } timer ? Describe(timer.Key, timer.Time) : base.DescribePosition();

    /// <summary>Calls the function's <c>OnTimer</c>.</summary>
    protected abstract void OnTimer(EventTime time, TimeDomain domain);

    /// <summary>Describes a timer, for errors.</summary>
    protected virtual string Describe(in TKey key, EventTime timer) => $"in the timer of {timer} of key {RowText.OfKey(key)}";

    protected override void BeginPortion()
    {
        base.BeginPortion();
        ReadClock();
    }

    protected override void AbortRow()
    {
        _store.Release();
        base.AbortRow();
    }

    protected override void EndPortion(int rows)
    {
        _store.Sweep(rows * SweptPerRow);
        base.EndPortion(rows);
    }

    /// <summary>State expires by the clock, so whoever reads it reads the clock first, as each batch does.</summary>
    protected void BeginRead(KeyStateWriter output)
    {
        ReadClock();
        output.Watermark(Function.Watermark);
    }

    private void ReadClock() => _store.Now = EventTime.From(Context.Time.GetUtcNow());

    private void Call(in TKey key, ulong hash, EventTime time, TimeDomain domain)
    {
        if (Errors.AreHandled)
        {
            Mark();
        }

        _timer = (key, time);
        try
        {
            _store.Select(key, hash);
            Function.SetTime(time);
            OnTimer(time, domain);
            _store.Release();
        }
        catch (Exception e) when (Errors.AreHandled)
        {
            AbortRow();
            Errors.AddTimer(e, key, time, Describe(key, time));
        }

        _timer = null;
    }

    // Returns whether there is more to do.
    private bool CallClockTimers()
    {
        BeginPortion();
        bool isOver = false;
        int called = 0;
        while (!isOver && _clockTimers.TryTake(_store.Now, out TKey key, out ulong hash, out EventTime time))
        {
            Call(key, hash, time, TimeDomain.Processing);
            isOver = FlushFull() || ++called == TimersPerPortion;
        }

        EndPortion(0);
        if (!isOver)
        {
            _clockTimers.Arm();
        }

        return isOver;
    }

    /// <summary>A port of rows that have a key.</summary>
    /// <param name="owner">The operator.</param>
    /// <param name="key">Extracts the key.</param>
    /// <param name="process">Calls the function.</param>
    protected sealed class KeyedPort<TRow>(KeyedFunctionOperator<TKey, TOut> owner, Func<TRow, TKey> key, RowAction<TRow> process) : Port<TRow>(owner)
    {
        protected override string? KeyOf(in TRow row) => RowText.OfKeyOf(row, key);

        protected override void Call(Batch<TRow> batch, ref int row)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TRow> rows = batch.Rows;
            int i = row;
            for (; i < rows.Length && !owner._outputs.HasFull; i++)
            {
                row = i;
                BeginRow();
                TKey rowKey = key(rows[i]);
                owner._store.Select(rowKey, KeyType.HashOfRow(rowKey));
                owner.Function.SetTime(times[i]);
                process(rows[i]);
                owner._store.Release();
            }

            row = i;
        }
    }

    /// <summary>A port of rows without a key.</summary>
    /// <param name="owner">The operator.</param>
    /// <param name="process">Calls the function.</param>
    protected sealed class UnkeyedPort<TRow>(KeyedFunctionOperator<TKey, TOut> owner, RowAction<TRow> process) : Port<TRow>(owner)
    {
        protected override void Call(Batch<TRow> batch, ref int row)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TRow> rows = batch.Rows;
            int i = row;
            for (; i < rows.Length && !owner._outputs.HasFull; i++)
            {
                row = i;
                BeginRow();
                owner.Function.SetTime(times[i]);
                process(rows[i]);
            }

            row = i;
        }
    }
}
