using QueryStream.Core.Time;

namespace QueryStream.Runtime.Tasks;

/// <summary>Gives a task a turn at a time of the clock. Made by <see cref="TaskContext.NewAlarm"/>; used in turns of the task.</summary>
internal sealed class Alarm : IDisposable
{
    // Timers do not take more; whoever is called back too early sets the alarm again.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

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
        long wait = Math.Max(0, time.Milliseconds - EventTime.From(_time.GetUtcNow()).Milliseconds);
        _timer.Change(wait > Longest.TotalMilliseconds ? Longest : TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>It has rung.</summary>
    public void OnRang() => _setFor = EventTime.MaxValue;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
