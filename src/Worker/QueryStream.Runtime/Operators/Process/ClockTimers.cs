using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Timers in processing time. A single timer of the clock is set for the earliest one. Used in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class ClockTimers<TKey>
{
    private readonly TaskTimers _clock;
    private readonly TimerQueue<TKey> _timers;
    private readonly ResettableTimer _clockTimer;

    /// <summary>Creates an empty set.</summary>
    /// <param name="backend">Where timers are kept.</param>
    /// <param name="timers">The timers of the task.</param>
    /// <param name="onDue">Called in a turn when a timer is due.</param>
    public ClockTimers(IStateBackend backend, TaskTimers timers, Action onDue)
    {
        _timers = backend.CreateTimerQueue<TKey>("timers.clock");
        _clock = timers;
        _clockTimer = timers.NewTimer(onDue);
    }

    /// <summary>Sets a timer.</summary>
    public void Set(in TKey key, ulong hash, EventTime time)
    {
        _timers.Set(key, hash, time);
        Arm();
    }

    /// <summary>Deletes a timer.</summary>
    public void Delete(in TKey key, ulong hash, EventTime time) => _timers.Delete(key, hash, time);

    /// <summary>Takes the next timer that is due.</summary>
    public bool TryTake(EventTime now, out TKey key, out ulong hash, out EventTime time) => _timers.TryTake(now, out key, out hash, out time);

    /// <summary>Sets the timer of the clock for the earliest timer.</summary>
    public void Arm()
    {
        if (_timers.Next is { } next)
        {
            _clockTimer.SetFor(next);
        }
    }

    /// <summary>Adds all timers to a capture.</summary>
    public void Capture(StateCapture capture) => _timers.Capture(capture);

    /// <summary>Restores the timers. Those that became due while the job was down are due at once.</summary>
    public async Task RestoreAsync(StateReader state)
    {
        await _timers.RestoreAsync(state).ConfigureAwait(false);
        _clock.OnRun(Arm);
    }
}
