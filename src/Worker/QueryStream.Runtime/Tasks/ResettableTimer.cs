using QueryStream.Core.Time;

namespace QueryStream.Runtime.Tasks;

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
