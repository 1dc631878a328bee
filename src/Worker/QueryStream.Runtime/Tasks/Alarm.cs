using QueryStream.Core.Time;

namespace QueryStream.Runtime.Tasks;

/// <summary>Gives a task a turn at a time of the clock. Made by <see cref="TaskContext.NewAlarm"/>; used in turns of the task.</summary>
internal sealed class Alarm : IDisposable
{
    // Timers do not take more; whoever is called back too early sets the alarm again.
    public static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private EventTime _setFor = EventTime.MaxValue;

    /// <summary>Creates an alarm that is not set.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="ring">Brings the task a message; called on any thread.</param>
    public Alarm(TimeProvider time, Action ring)
    {
        _time = time;
        _timer = time.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets the alarm, unless it is set for that time or an earlier one.</summary>
    public void SetFor(EventTime time)
    {
        if (time >= _setFor)
        {
            return;
        }

        _setFor = time;
        long wait = Math.Clamp(time.MillisecondsSince(EventTime.From(_time.GetUtcNow())), 0, (long)Longest.TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>It has rung.</summary>
    public void OnRang() => _setFor = EventTime.MaxValue;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}

/// <summary>One delayed callback of a task. Made by <see cref="TaskContext.After"/>; used in turns of the task.</summary>
/// <param name="pending">The callbacks that are to come; it is in there as long as it is.</param>
/// <param name="callback">What to call.</param>
internal sealed class TaskTimer(List<TaskTimer> pending, Action callback) : IDisposable
{
    private ITimer? _timer;

    /// <summary>Begins to wait.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="delay">How long.</param>
    /// <param name="due">Brings the task a message that calls <see cref="OnDue"/>; called on any thread.</param>
    public void Start(TimeProvider time, TimeSpan delay, Action due)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        pending.Add(this);
        _timer = time.CreateTimer(_ => due(), null, delay < Alarm.Longest ? delay : Alarm.Longest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The delay is over. Its message may come after the disposal, and does nothing then.</summary>
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
