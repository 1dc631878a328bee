using QueryStream.Core.Actors;
using QueryStream.Core.Time;

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

/// <summary>A timer that can be set again and again. Made by <see cref="TaskTimers.NewTimer"/>; used in turns of the task.</summary>
internal sealed class ResettableTimer : IDisposable
{
    /// <summary>The longest wait of a timer. A timer for a later time fires early, and its owner sets it again.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private EventTime _setFor = EventTime.MaxValue;

    /// <summary>Creates a timer that is not set.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="fire">Sends the task a message; called on any thread.</param>
    public ResettableTimer(TimeProvider time, Action fire)
    {
        _time = time;
        _timer = time.CreateTimer(_ => fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets the timer, unless it is set for that time or an earlier one.</summary>
    public void SetFor(EventTime time)
    {
        if (time >= _setFor)
        {
            return;
        }

        _setFor = time;
        long wait = Math.Clamp(time.MillisecondsSince(EventTime.From(_time.GetUtcNow())), 0, (long)MaxWait.TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>The message of the timer has arrived: it is no longer set.</summary>
    public void OnFired() => _setFor = EventTime.MaxValue;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}

/// <summary>One delayed callback. Made by <see cref="TaskTimers.After"/>; used in turns of the task.</summary>
/// <param name="pending">The callbacks that are still to be called; this one is among them until it is called or disposed.</param>
/// <param name="callback">What to call.</param>
internal sealed class TaskTimer(List<TaskTimer> pending, Action callback) : IDisposable
{
    private ITimer? _timer;

    /// <summary>Starts the delay.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="delay">The delay, from 0; a longer one than <see cref="ResettableTimer.MaxWait"/> is cut to it.</param>
    /// <param name="due">Sends the task a message that calls <see cref="OnDue"/>; called on any thread.</param>
    public void Start(TimeProvider time, TimeSpan delay, Action due)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        pending.Add(this);
        _timer = time.CreateTimer(_ => due(), null, delay < ResettableTimer.MaxWait ? delay : ResettableTimer.MaxWait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The delay is over. The message may arrive after the disposal; it does nothing then.</summary>
    public void OnDue()
    {
        if (pending.Contains(this))
        {
            Dispose();
            callback();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pending.Remove(this);
        _timer?.Dispose();
    }
}
