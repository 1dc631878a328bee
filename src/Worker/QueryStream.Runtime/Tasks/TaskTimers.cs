using QueryStream.Core.Actors;

namespace QueryStream.Runtime.Tasks;

/// <summary>The timers of one task: their callbacks run in turns of the task, until it closes. Used in turns of the task.</summary>
/// <param name="time">The clock.</param>
internal sealed class TaskTimers(TimeProvider time)
{
    private readonly List<ITimer> _intervals = [];
    private readonly List<ResettableTimer> _resettable = [];
    private readonly List<TaskTimer> _delays = [];
    private readonly List<Action> _onRun = [];
    private ActorCell<TaskMessage>? _self;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Sets the task's own address.</summary>
    public void Attach(ActorCell<TaskMessage> self) => _self = self;

    /// <summary>Calls back once, when the task begins to run.</summary>
    public void OnRun(Action callback) => _onRun.Add(callback);

    /// <summary>Calls back at an interval, from when the task begins to run.</summary>
    public void Every(TimeSpan interval, Action callback)
    {
        TaskMessage message = TaskMessage.Call(callback);
        OnRun(() => _intervals.Add(Time.CreateTimer(_ => _self!.Tell(message), null, interval, interval)));
    }

    /// <summary>Creates a timer that is not set.</summary>
    /// <param name="onFired">Called when the timer fires, perhaps before its time.</param>
    public ResettableTimer NewTimer(Action onFired)
    {
        ResettableTimer timer = null!;
        TaskMessage message = TaskMessage.Call(() =>
        {
            timer.OnFired();
            onFired();
        });
        timer = new ResettableTimer(Time, () => _self!.Tell(message));
        _resettable.Add(timer);
        return timer;
    }

    /// <summary>Calls back once after a delay, unless what is returned is disposed before.</summary>
    public IDisposable After(TimeSpan delay, Action callback)
    {
        TaskTimer timer = new(_delays, callback);
        TaskMessage message = TaskMessage.Call(timer.OnDue);
        timer.Start(Time, delay, () => _self!.Tell(message));
        return timer;
    }

    /// <summary>The task begins to run.</summary>
    public void Run()
    {
        foreach (Action action in _onRun)
        {
            action();
        }
    }

    /// <summary>Ends all timers.</summary>
    public void Close()
    {
        while (_delays.Count > 0)
        {
            _delays[^1].Dispose();
        }

        foreach (ITimer timer in _intervals)
        {
            timer.Dispose();
        }

        foreach (ResettableTimer timer in _resettable)
        {
            timer.Dispose();
        }
    }
}
