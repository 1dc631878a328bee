using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>What the operators of one task share. Used in its turns, but for <see cref="Wake"/> and <see cref="Fail"/>.</summary>
internal sealed class TaskContext(TaskDeployment deployment, TaskEnvironment environment, TimeProvider time)
{
    private readonly List<IResumable> _unfinished = [];

    // What no input has brought.
    private readonly List<(IResumable Work, IStatefulOperator Owner)> _unprompted = [];

    // Those that can take no more for now.
    private readonly List<(int Place, IStatefulOperator Operator)> _full = [];
    private readonly List<ITimer> _timers = [];
    private readonly List<Alarm> _alarms = [];
    private readonly List<TaskTimer> _delays = [];
    private readonly CancellationTokenSource _closing = new();
    private ActorCell<TaskMessage>? _self;
    private int _places;

    /// <summary>What the task runs.</summary>
    public TaskDeployment Deployment { get; } = deployment;

    /// <summary>What the tasks of the worker share.</summary>
    public TaskEnvironment Environment { get; } = environment;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>What the task counts.</summary>
    public TaskMetrics Metrics { get; } = new();

    /// <summary>Whether outputs are over their limit.</summary>
    public OutputBudget Budget { get; } = new();

    /// <summary>The sources and sinks of the task.</summary>
    public List<IConnectorOperator> Connectors { get; } = [];

    /// <summary>The operators that have state.</summary>
    public List<IStatefulOperator> Stateful { get; } = [];

    /// <summary>The snapshot that a barrier has begun; null between barriers.</summary>
    public SnapshotInProgress? Snapshot { get; set; }

    /// <summary>Things to do once the task runs: timers.</summary>
    public List<Action> OnRun { get; } = [];

    /// <summary>The operator whose code threw; null as long as none did.</summary>
    public string? BlamedOperator { get; private set; }

    /// <summary>Whether an operator further down has been blamed. For exception filters: what is thrown passes all operators above it.</summary>
    public bool HasBlamed => BlamedOperator is not null;

    /// <summary>At which row or timer it threw; null where that is not known.</summary>
    public string? BlamedPosition { get; private set; }

    /// <summary>Says where rows come from.</summary>
    public RowLocator Rows { get; } = new(deployment);

    /// <summary>Things to do when the task ends, however it does: giving back what is held, calling off what is under way.</summary>
    public List<Action> OnClose { get; } = [];

    /// <summary>How much work of connectors is under way outside; the task closes them when it is 0.</summary>
    public int WorkOutside { get; private set; }

    /// <summary>Called when <see cref="WorkOutside"/> becomes 0 while the task closes.</summary>
    public Action? OnWorkOutsideEnded { get; set; }

    /// <summary>How many operators wait for something from outside before they can let the end pass.</summary>
    public int WaitingOperators { get; set; }

    /// <summary>Whether some operator can take no more for now, so that the task may take no input.</summary>
    public bool IsFull => _full.Count > 0;

    /// <summary>Whether some operator has more to do before the task may take input.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <summary>Whether some operator has something to do or to wait for before the task may finish.</summary>
    public bool HasWork => _unfinished.Count > 0 || _unprompted.Count > 0 || WaitingOperators > 0;

    /// <summary>Sets the task's own address.</summary>
    public void Attach(ActorCell<TaskMessage> self) => _self = self;

    /// <summary>For exception filters: notes the innermost operator, and never catches.</summary>
    public bool Blame(string operatorName)
    {
        BlamedOperator ??= operatorName;
        return false;
    }

    /// <summary>For exception filters: notes the operator and the row, and never catches.</summary>
    public bool Blame<T>(string operatorName, Batch<T> batch, int row, string? key = null) =>
        Blame(operatorName, BlamedOperator is null ? Rows.At(batch, row, key) : "");

    /// <summary>For exception filters: notes the operator and where it was, and never catches.</summary>
    public bool Blame(string operatorName, string position)
    {
        BlamedPosition ??= BlamedOperator is null ? position : null;
        return Blame(operatorName);
    }

    /// <summary>Runs an operator's code, and blames it for what it throws.</summary>
    public void Run(string operatorName, Action action, string? position = null)
    {
        try
        {
            action();
        }
        catch (Exception) when (position is null ? Blame(operatorName) : Blame(operatorName, position))
        {
            // Blame never catches.
            throw;
        }
    }

    /// <summary>Has the operator resumed before the task takes input again.</summary>
    public void Defer(IResumable unfinished) => _unfinished.Add(unfinished);

    /// <summary>
    /// Has the operator resumed for what no input has brought: a timer of the clock, an answer from outside. It waits from when the operator has
    /// handed on a barrier until that has passed the whole task: rows from behind the barrier would else reach operators that have another
    /// branch's rows from before it yet to come.
    /// </summary>
    public void DeferUnprompted(IResumable work, IStatefulOperator owner) => _unprompted.Add((work, owner));

    /// <summary>Lets the next work begin that no input has brought.</summary>
    /// <returns>Whether there was one.</returns>
    public bool AdmitUnprompted()
    {
        for (int i = 0; i < _unprompted.Count; i++)
        {
            if (!IsBehindBarrier(_unprompted[i].Owner))
            {
                _unfinished.Add(_unprompted[i].Work);
                _unprompted.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>The place of the operator that is being made: lower than that of those that hand rows to it, since they are made after it.</summary>
    public int NextPlace() => ++_places;

    /// <summary>
    /// Says that an operator can take no more for now, until something comes from outside, or that it can again. The task then takes no input,
    /// and resumes only operators that do not hand rows to it.
    /// </summary>
    public void SetFull(IStatefulOperator full, int place, bool isFull)
    {
        if (isFull)
        {
            _full.Add((place, full));
        }
        else
        {
            _full.Remove((place, full));
        }
    }

    /// <summary>Lets an unfinished operator do about a batch of work: the one furthest down, so that what was emitted is done with before more is.</summary>
    /// <returns>Whether there was one that may.</returns>
    public bool ResumeOne()
    {
        int limit = HighestPlace();
        IResumable? next = null;
        foreach (IResumable one in _unfinished)
        {
            if (one.Place <= limit && (next is null || one.Place < next.Place))
            {
                next = one;
            }
        }

        if (next is null)
        {
            return false;
        }

        if (next.Resume())
        {
            _unfinished.Remove(next);
        }

        return true;
    }

    // Who is full holds up those that were made after it, though some of them may be on other branches. Behind a barrier it holds up nobody: what
    // it waits for may wait for the barrier, which may wait for one of them; and before the barrier there is only so much.
    private int HighestPlace()
    {
        int limit = int.MaxValue;
        foreach ((int place, IStatefulOperator full) in _full)
        {
            if (place < limit && !IsBehindBarrier(full))
            {
                limit = place;
            }
        }

        return limit;
    }

    private bool IsBehindBarrier(IStatefulOperator stateful) => Snapshot?.Has(stateful) ?? false;

    /// <summary>Calls back in a turn of the task, again and again, as long as the task runs.</summary>
    public void Every(TimeSpan interval, Action callback)
    {
        TaskMessage message = TaskMessage.Call(callback);
        OnRun.Add(() => _timers.Add(Time.CreateTimer(_ => _self!.Tell(message), null, interval, interval)));
    }

    /// <summary>An alarm that calls back in a turn of the task, as long as the task runs.</summary>
    public Alarm NewAlarm(Action onRang)
    {
        Alarm alarm = null!;
        TaskMessage message = TaskMessage.Call(() =>
        {
            alarm.OnRang();
            onRang();
        });
        alarm = new Alarm(Time, () => _self!.Tell(message));
        _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Takes an operator's state into the snapshot. Called by each stateful operator, when it hands on a barrier.</summary>
    public void Capture(IStatefulOperator stateful)
    {
        try
        {
            Snapshot!.Take(stateful);
        }
        catch (Exception) when (Blame(stateful.Name))
        {
            // Blame never catches.
            throw;
        }
    }

    /// <summary>Starts work that waits for something outside.</summary>
    /// <param name="work">Runs outside of the task.</param>
    /// <param name="completed">Called in a turn of the task, with what was thrown or null; not where the task has ended meanwhile.</param>
    public void Start(Func<CancellationToken, Task> work, Action<Exception?> completed) =>
        _self!.Start(work, failure => TaskMessage.Call(() => completed(failure)));

    /// <summary>
    /// Starts work of a connector. Its token is cancelled when the task closes, and the task waits for its end before it closes connectors.
    /// </summary>
    /// <param name="work">Runs outside of the task.</param>
    /// <param name="completed">Called in a turn of the task; not any more once it closes.</param>
    public void StartOutside<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed)
    {
        WorkOutside++;
        CancellationToken closing = _closing.Token;
        _self!.Start(
            async cancellationToken =>
            {
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing);
                return await work(either.Token).ConfigureAwait(false);
            },
            result => TaskMessage.Call(() => EndOutside(result, completed)));
    }

    private void EndOutside<T>(in IoResult<T> result, Action<IoResult<T>> completed)
    {
        WorkOutside--;
        if (!_closing.IsCancellationRequested)
        {
            completed(result);
        }
        else if (WorkOutside == 0)
        {
            OnWorkOutsideEnded?.Invoke();
        }
    }

    /// <summary>Calls back once in a turn of the task, unless it closes or what comes back is disposed before.</summary>
    public IDisposable After(TimeSpan delay, Action callback)
    {
        TaskTimer timer = new(_delays, callback);
        TaskMessage message = TaskMessage.Call(timer.OnDue);
        timer.Start(Time, delay, () => _self!.Tell(message));
        return timer;
    }

    /// <summary>64 random bits of the executor.</summary>
    public ulong NextRandom() => _self!.Executor.NextRandom();

    /// <summary>Gives the task a turn. Safe on any thread.</summary>
    public void Wake() => _self!.Tell(TaskMessage.Wake);

    /// <summary>Fails the task. Safe on any thread.</summary>
    public void Fail(string operatorName, Exception exception) => _self!.Tell(TaskMessage.Call(() =>
    {
        Blame(operatorName);
        throw new ConnectorFailure(operatorName, exception);
    }));

    /// <summary>Ends the timers, and asks work outside to give up.</summary>
    public void Close()
    {
        _closing.Cancel();
        while (_delays.Count > 0)
        {
            _delays[^1].Dispose();
        }

        foreach (ITimer timer in _timers)
        {
            timer.Dispose();
        }

        foreach (Alarm alarm in _alarms)
        {
            alarm.Dispose();
        }
    }
}
