using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>What the operators of one task share. Used in its turns, but for <see cref="Wake"/> and <see cref="Fail"/>.</summary>
internal sealed class TaskContext(TaskDeployment deployment, TaskEnvironment environment, TimeProvider time)
{
    private readonly Queue<IResumable> _unfinished = new();
    private readonly List<ITimer> _timers = [];
    private readonly List<Alarm> _alarms = [];
    private ActorRef<TaskMessage>? _self;

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

    /// <summary>Whether some operator has more to do before the task may take input.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <summary>Sets the task's own address.</summary>
    public void Attach(ActorRef<TaskMessage> self) => _self = self;

    /// <summary>For exception filters: notes the innermost operator, and never catches.</summary>
    public bool Blame(string operatorName)
    {
        BlamedOperator ??= operatorName;
        return false;
    }

    /// <summary>Runs an operator's code, and blames it for what it throws.</summary>
    public void Run(string operatorName, Action action)
    {
        try
        {
            action();
        }
        catch (Exception) when (Blame(operatorName))
        {
            // Blame never catches.
            throw;
        }
    }

    /// <summary>Has the operator resumed before the task takes input again.</summary>
    public void Defer(IResumable unfinished) => _unfinished.Enqueue(unfinished);

    /// <summary>Lets the first unfinished operator do about a batch of work.</summary>
    public void ResumeOne()
    {
        if (_unfinished.Peek().Resume())
        {
            _unfinished.Dequeue();
        }
    }

    /// <summary>Calls back in a turn of the task, again and again, as long as the task runs.</summary>
    public void Every(TimeSpan interval, Action callback)
    {
        TaskMessage message = new(TaskMessageKind.Callback) { Callback = callback };
        OnRun.Add(() => _timers.Add(Time.CreateTimer(_ => _self!.Tell(message), null, interval, interval)));
    }

    /// <summary>An alarm that calls back in a turn of the task, as long as the task runs.</summary>
    public Alarm NewAlarm(Action onRang)
    {
        Alarm alarm = null!;
        TaskMessage message = new(TaskMessageKind.Callback)
        {
            Callback = () =>
            {
                alarm.OnRang();
                onRang();
            },
        };
        alarm = new Alarm(Time, () => _self!.Tell(message));
        _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Takes an operator's state into the snapshot. Called by each stateful operator, when it hands on a barrier.</summary>
    public void Capture(IStatefulOperator stateful) => Snapshot!.Take(stateful);

    /// <summary>Gives the task a turn. Safe on any thread.</summary>
    public void Wake() => _self!.Tell(new TaskMessage(TaskMessageKind.Wake));

    /// <summary>Fails the task. Safe on any thread.</summary>
    public void Fail(string operatorName, Exception exception) => _self!.Tell(new TaskMessage(TaskMessageKind.Callback)
    {
        Callback = () =>
        {
            Blame(operatorName);
            throw new ConnectorFailure(exception);
        },
    });

    /// <summary>Ends the timers.</summary>
    public void StopTimers()
    {
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
