namespace QueryStream.Runtime.Tasks;

/// <summary>What a task does, or waits for.</summary>
public enum TaskPhase
{
    /// <summary>It has no input.</summary>
    Idle,

    /// <summary>It works, or waits for a thread.</summary>
    Busy,

    /// <summary>It takes no input, since its receivers, sinks or outstanding calls are full.</summary>
    BackPressured,
}

/// <summary>
/// How much time a task has spent in each phase since it began to run. The phase at the end of a turn lasts until the next turn. Written in turns
/// of the task, by one thread at a time; read on any thread.
/// </summary>
public sealed class TaskTimes
{
    private readonly long[] _ticks = new long[3];
    private TaskPhase _phase;
    private long _since;
    private bool _hasBegun;

    // Odd while the fields above are being written: a reader that sees it odd, or changed, reads again.
    private long _version;

    /// <summary>The phase changes.</summary>
    /// <param name="phase">The new one.</param>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>.</param>
    internal void Enter(TaskPhase phase, long now)
    {
        Volatile.Write(ref _version, _version + 1);
        Interlocked.MemoryBarrier();
        if (_hasBegun)
        {
            _ticks[(int)_phase] += now - _since;
        }

        _phase = phase;
        _since = now;
        _hasBegun = true;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>The times until now, as timestamps count; all zero before the task runs.</summary>
    public TaskTimeTotals Read(long now)
    {
        SpinWait spin = default;
        while (true)
        {
            long version = Volatile.Read(ref _version);
            Span<long> ticks = [_ticks[0], _ticks[1], _ticks[2]];
            if (_hasBegun)
            {
                ticks[(int)_phase] += Math.Max(0, now - _since);
            }

            Interlocked.MemoryBarrier();
            if (version % 2 == 0 && version == Volatile.Read(ref _version))
            {
                return new TaskTimeTotals(ticks[(int)TaskPhase.Idle], ticks[(int)TaskPhase.Busy], ticks[(int)TaskPhase.BackPressured]);
            }

            spin.SpinOnce();
        }
    }
}

/// <summary>The times of a task, in the unit of <see cref="TimeProvider.GetTimestamp"/>.</summary>
/// <param name="Idle">Without input.</param>
/// <param name="Busy">Working.</param>
/// <param name="BackPressured">Waiting for receivers, sinks or outstanding calls.</param>
public readonly record struct TaskTimeTotals(long Idle, long Busy, long BackPressured);
