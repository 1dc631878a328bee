namespace QueryStream.Runtime.Tasks;

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
