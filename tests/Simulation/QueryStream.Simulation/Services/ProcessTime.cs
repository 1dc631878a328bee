using QueryStream.TestKit;

namespace QueryStream.Simulation.Services;

/// <summary>
/// The clock of one process. It ends with the process: a timer of a dead process never fires, so nothing that the process was doing goes on. The wall
/// clock can be set while timers and durations go on.
/// </summary>
/// <param name="clock">The clock of the world.</param>
internal sealed class ProcessTime(ManualTime clock) : TimeProvider
{
    /// <summary>Whether the process has died.</summary>
    public bool IsDead { get; set; }

    /// <summary>By how much the wall clock is ahead of the world's.</summary>
    public TimeSpan Offset { get; set; }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => clock.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer? timer = null;
        timer = clock.CreateTimer(
            value =>
            {
                if (IsDead)
                {
                    timer?.Dispose();
                    return;
                }

                callback(value);
            },
            state,
            dueTime,
            period);
        return timer;
    }
}

/// <summary>Waits on simulated clocks. Continuations run in the timer's callback, so on the thread of the simulation.</summary>
internal static class Delays
{
    /// <summary>Completes after a time.</summary>
    public static Task AfterAsync(TimeProvider time, TimeSpan delay)
    {
        TaskCompletionSource passed = new();
        _ = time.CreateTimer(_ => passed.TrySetResult(), null, delay, Timeout.InfiniteTimeSpan);
        return passed.Task;
    }
}
