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
internal abstract class KeyedFunctionOperator<TKey, TOut> : IControlInput, IControlledOperator, IStatefulOperator
{
    // A portion of timers, about a millisecond's worth.
    private const int TimersPerTurn = 256;

    // How many slots are looked at for expired state, for each row that comes.
    private const int SweptPerRow = 2;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly TaskContext _context;
    private readonly RowEmitter<TOut> _rows;
    private readonly SideEmitters _sides;
    private readonly KeyedStore<TKey> _store;
    private readonly TimerQueue<TKey> _eventTimers = new("timers.event");
    private readonly ClockTimers<TKey> _clockTimers;
    private readonly ControlQueue _controls;
    private readonly ClockWork _clockWork;

    protected KeyedFunctionOperator(TaskContext context, StreamNode node, IInput<TOut> rows, SideEmitters sides)
    {
        _context = context;
        Name = node.Name;
        Id = node.Id;
        _rows = new RowEmitter<TOut>(rows);
        _sides = sides;
        _store = new KeyedStore<TKey>(context.Deployment.Graph.KeyGroups);
        _clockWork = new ClockWork(this);
        _clockTimers = new ClockTimers<TKey>(context, _clockWork.Begin);
        _controls = new ControlQueue(context, this);
        Function = new KeyedFunctionContext<TKey, TOut>(_store, _eventTimers, _clockTimers, _rows, sides);
        States = new OperatorStates<TKey>(context, _store);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    public string Name { get; }

    /// <summary>What the function is given.</summary>
    protected KeyedFunctionContext<TKey, TOut> Function { get; }

    /// <summary>Where the function declares its state.</summary>
    protected OperatorStates<TKey> States { get; }

    public void OnControl(in Control control) => _controls.Add(control);

    public bool HasWork(in Control control) => control.Kind == ControlKind.Watermark && _eventTimers.Next <= control.Watermark;

    public void DoSome(in Control control)
    {
        ReadClock();
        Function.SetWatermark(control.Watermark);
        for (int i = 0; i < TimersPerTurn && _eventTimers.TryTake(control.Watermark, out TKey key, out ulong hash, out EventTime time); i++)
        {
            Call(key, hash, time, TimeDomain.Event);
        }

        Flush();
    }

    public void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            Function.SetWatermark(control.Watermark);
        }
        else if (control.Kind == ControlKind.Barrier)
        {
            _context.Capture(this);
        }

        _rows.OnControl(control);
        _sides.OnControl(control);
    }

    public void Snapshot(StateWriter state)
    {
        _store.Snapshot(state);
        _eventTimers.Snapshot(state);
        _clockTimers.Snapshot(state);
    }

    public void Restore(StateReader state)
    {
        _store.Restore(state);
        _store.Release();
        _eventTimers.Restore(state);
        _clockTimers.Restore(state);
    }

    /// <summary>Calls the function's <c>OnTimer</c>.</summary>
    protected abstract void OnTimer(EventTime time, TimeDomain domain);

    /// <summary>Begins a batch.</summary>
    protected void Begin() => ReadClock();

    /// <summary>Selects the key of a row.</summary>
    protected void Select(in TKey key, EventTime time)
    {
        _store.Select(key, KeyType.Hash(key));
        Function.SetTime(time);
    }

    /// <summary>Ends the work on a row.</summary>
    protected void Release() => _store.Release();

    /// <summary>Ends a batch.</summary>
    protected void End(int rows)
    {
        _store.Sweep(rows * SweptPerRow);
        Flush();
    }

    /// <summary>Runs code of the function, and blames the operator for what it throws.</summary>
    protected bool Blame() => _context.Blame(Name);

    private void ReadClock() => _store.Now = EventTime.From(_context.Time.GetUtcNow());

    private void Call(in TKey key, ulong hash, EventTime time, TimeDomain domain)
    {
        _store.Select(key, hash);
        Function.SetTime(time);
        OnTimer(time, domain);
        _store.Release();
    }

    private void Flush()
    {
        _rows.Flush();
        _sides.Flush();
    }

    /// <summary>Timers of the clock that are due, in portions.</summary>
    private sealed class ClockWork(KeyedFunctionOperator<TKey, TOut> owner) : IResumable
    {
        private bool _isPending;

        public void Begin()
        {
            if (!_isPending)
            {
                _isPending = true;
                owner._context.Defer(this);
            }
        }

        public bool Resume()
        {
            try
            {
                owner.ReadClock();
                int called = 0;
                while (called < TimersPerTurn && owner._clockTimers.TryTake(owner._store.Now, out TKey key, out ulong hash, out EventTime time))
                {
                    owner.Call(key, hash, time, TimeDomain.Processing);
                    called++;
                }

                owner.Flush();
                _isPending = called == TimersPerTurn;
            }
            catch (Exception) when (owner.Blame())
            {
                // Blame never catches: it only notes the name, innermost operator first.
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
