namespace QueryStream.TestKit;

/// <summary>
/// A clock that stands still until it is told to go on. Timers fire inside <see cref="Advance"/>, on its thread, in order of
/// their due times and, where these are equal, of their creation; a timer that is due at once fires at the next call.
/// Timers may be made and changed on any thread; only one thread at a time may advance.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    /// <summary>Where the clock starts if a test does not care: a round time, far from the real one.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Guards the clock and the set of timers, which tests of threaded code reach from several threads.
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _sequence;
    private bool _advancing;

    /// <summary>Creates a clock that stands at <see cref="DefaultStart"/>.</summary>
    public ManualTime()
        : this(DefaultStart)
    {
    }

    /// <summary>Creates a clock that stands at a time.</summary>
    public ManualTime(DateTimeOffset start)
    {
        _start = start;
        _now = start;
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The number of timers that wait.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>When the next timer fires; null where none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min?.Due;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Lets time go on, and fires what becomes due on the way, each timer at its own time. The callbacks run without a
    /// synchronization context, so that what they resume runs here and now.
    /// </summary>
    /// <param name="duration">0 or more; 0 fires what is due already.</param>
    /// <exception cref="InvalidOperationException">Called while it runs: from a timer, or on another thread.</exception>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + duration);
    }

    /// <summary>Lets time go on to a point; see <see cref="Advance"/>. A point in the past changes nothing.</summary>
    public void AdvanceTo(DateTimeOffset target)
    {
        Enter();
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (TakeDue(target) is { } timer)
            {
                timer.Fire();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            Leave();
        }
    }

    private void Enter()
    {
        lock (_lock)
        {
            if (_advancing)
            {
                throw new InvalidOperationException("The clock is being advanced already, by a caller further up or on another thread.");
            }

            _advancing = true;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _advancing = false;
        }
    }

    // The next timer that is due up to the target, with the clock set to its time; null, and the clock at the target, where there is none.
    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (_lock)
        {
            ManualTimer? next = _timers.Min;
            if (next is null || next.Due > target)
            {
                _now = target > _now ? target : _now;
                return null;
            }

            _timers.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
            if (next.Period > TimeSpan.Zero)
            {
                Arm(next, next.Period, next.Period);
            }

            return next;
        }
    }

    private void Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        timer.Period = period;
        timer.Due = _now + dueTime;
        timer.Sequence = ++_sequence;
        _timers.Add(timer);
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer, IComparable<ManualTimer>
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Sequence { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (owner._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                owner._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    owner.Arm(this, dueTime, period);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                _disposed = true;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        public int CompareTo(ManualTimer? other) => (Due, Sequence).CompareTo((other!.Due, other.Sequence));
    }
}
