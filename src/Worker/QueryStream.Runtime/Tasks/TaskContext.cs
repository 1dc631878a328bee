using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>What the operators of one task share. Used in its turns, but for <see cref="Wake"/> and <see cref="Fail"/>.</summary>
internal sealed class TaskContext(TaskDeployment deployment, TaskEnvironment environment, TimeProvider time)
{
    private readonly List<ITimer> _timers = [];
    private readonly List<Alarm> _alarms = [];
    private readonly List<TaskTimer> _delays = [];
    private readonly CancellationTokenSource _closing = new();
    private ActorCell<TaskMessage>? _self;

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

    /// <summary>What operators still have to do.</summary>
    public DeferredWork Work { get; } = new();

    /// <summary>The sources and sinks of the task.</summary>
    public List<IConnectorOperator> Connectors { get; } = [];

    /// <summary>The operators that have state.</summary>
    public List<IStatefulOperator> Stateful { get; } = [];

    /// <summary>The snapshot that a barrier has begun; null between barriers.</summary>
    public SnapshotInProgress? Snapshot
    {
        get => Work.Snapshot;
        set => Work.Snapshot = value;
    }

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
