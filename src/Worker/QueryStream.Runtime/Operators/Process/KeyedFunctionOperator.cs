using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>What keyed functions of one and of two inputs share: state, timers, outputs, snapshots. Used in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that are emitted.</typeparam>
internal abstract class KeyedFunctionOperator<TKey, TOut> : FunctionOperator, IStatefulOperator
{
    // A portion of timers, about a millisecond's worth.
    private const int TimersPerPortion = 256;

    // How many slots are looked at for expired state, for each row that comes.
    private const int SweptPerRow = 2;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly KeyedStore<TKey> _store;
    private readonly TimerQueue<TKey> _eventTimers = new("timers.event");
    private readonly ClockTimers<TKey> _clockTimers;
    private readonly ClockWork _clockWork;

    protected KeyedFunctionOperator(TaskContext context, StreamNode node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        Id = node.Id;
        _store = new KeyedStore<TKey>(context.Deployment.Graph.KeyGroups);
        _clockWork = new ClockWork(this);
        _clockTimers = new ClockTimers<TKey>(context, _clockWork.Begin);
        Function = new KeyedFunctionContext<TKey, TOut>(_store, _eventTimers, _clockTimers, outputs);
        States = new OperatorStates<TKey>(context.Deployment.Subtask, context.Deployment.Vertex.Parallelism, _store);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    /// <summary>What the function is given.</summary>
    protected KeyedFunctionContext<TKey, TOut> Function { get; }

    /// <summary>The states of all keys.</summary>
    protected KeyedStore<TKey> Store => _store;

    /// <summary>Where the function declares its state.</summary>
    protected OperatorStates<TKey> States { get; }

    public override bool HasWork(in Control control) => control.Kind == ControlKind.Watermark && _eventTimers.Next <= control.Watermark;

    public override void DoSome(in Control control)
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

    public virtual void Restore(StateReader state)
    {
        ReadClock();
        _store.Restore(state);
        _eventTimers.Restore(state);
        _clockTimers.Restore(state);
    }

    /// <summary>Calls the function's <c>OnTimer</c>.</summary>
    protected abstract void OnTimer(EventTime time, TimeDomain domain);

    /// <summary>For people: where a timer is.</summary>
    protected virtual string PlaceOf(in TKey key, EventTime timer) => $"in the timer of {timer} of key {RowText.OfKey(key)}";

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

    private void ReadClock() => _store.Now = EventTime.From(Context.Time.GetUtcNow());

    private void Call(in TKey key, ulong hash, EventTime time, TimeDomain domain)
    {
        if (Errors.AreHandled)
        {
            Mark();
        }

        try
        {
            _store.Select(key, hash);
            Function.SetTime(time);
            OnTimer(time, domain);
            _store.Release();
        }
        catch (Exception e) when (Errors.Handle(PlaceOf(key, time)))
        {
            AbortRow();
            Errors.AddTimer(e, key, time, PlaceOf(key, time));
        }
    }

    /// <summary>A port of rows that have a key.</summary>
    /// <param name="owner">The operator.</param>
    /// <param name="key">Takes the key.</param>
    /// <param name="process">Calls the function.</param>
    protected sealed class KeyedPort<TRow>(KeyedFunctionOperator<TKey, TOut> owner, Func<TRow, TKey> key, RowAction<TRow> process) : Port<TRow>(owner)
    {
        public override string? KeyOf(in TRow row) => RowText.OfKeyOf(row, key);

        protected override void Call(Batch<TRow> batch, ref int next)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TRow> rows = batch.Rows;
            for (; next < rows.Length && MayGoOn; next++)
            {
                BeginRow();
                TKey rowKey = key(rows[next]);
                owner._store.Select(rowKey, KeyType.HashOfRow(rowKey));
                owner.Function.SetTime(times[next]);
                process(rows[next]);
                owner._store.Release();
            }
        }
    }

    /// <summary>A port of rows without a key.</summary>
    /// <param name="owner">The operator.</param>
    /// <param name="process">Calls the function.</param>
    protected sealed class UnkeyedPort<TRow>(KeyedFunctionOperator<TKey, TOut> owner, RowAction<TRow> process) : Port<TRow>(owner)
    {
        protected override void Call(Batch<TRow> batch, ref int next)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TRow> rows = batch.Rows;
            for (; next < rows.Length && MayGoOn; next++)
            {
                BeginRow();
                owner.Function.SetTime(times[next]);
                process(rows[next]);
            }
        }
    }

    /// <summary>Timers of the clock that are due, in portions.</summary>
    private sealed class ClockWork(KeyedFunctionOperator<TKey, TOut> owner) : IResumable
    {
        public int Place => owner.Place;

        private bool _isPending;

        public void Begin()
        {
            if (!_isPending)
            {
                _isPending = true;
                owner.Context.Work.DeferExternal(this, owner);
            }
        }

        public bool Resume()
        {
            try
            {
                owner.BeginPortion();
                bool isOver = false;
                int called = 0;
                while (!isOver && owner._clockTimers.TryTake(owner._store.Now, out TKey key, out ulong hash, out EventTime time))
                {
                    owner.Call(key, hash, time, TimeDomain.Processing);
                    isOver = owner.FlushFull() || ++called == TimersPerPortion;
                }

                owner.EndPortion(0);
                _isPending = isOver;
            }
            catch (Exception) when (owner.Context.Blame(owner.Name))
            {
                // The filter notes the innermost operator and never catches.
                throw;
            }

            if (!_isPending)
            {
                owner._clockTimers.Arm();
            }

            return !_isPending;
        }
    }
}
