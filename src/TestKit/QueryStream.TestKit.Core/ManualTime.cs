namespace QueryStream.TestKit;

/// <summary>
/// A clock that advances only on demand. Timers fire inside <see cref="Advance"/>, on its thread, in the order of their due times and, if these are
/// equal, of their creation; a timer that is due at once fires in the next call. Timers may be created and changed on any thread; only one thread at
/// a time may advance the clock.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    /// <summary>The default start: a round time, far from the present.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Guards the clock and the timers, which tests use from several threads.
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _sequence;
    private bool _advancing;

    /// <summary>Creates a clock that starts at <see cref="DefaultStart"/>.</summary>
    public ManualTime()
        : this(DefaultStart)
    {
    }

    /// <summary>Creates a clock that starts at a time.</summary>
    public ManualTime(DateTimeOffset start)
    {
        _start = start;
        _now = start;
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The number of pending timers.</summary>
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

    /// <summary>When the next timer is due; null if none is pending.</summary>
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
    /// Advances the clock, and fires each timer that becomes due at its own time. Callbacks run without a synchronization context, so their
    /// continuations run synchronously.
    /// </summary>
    /// <param name="duration">0 or more. 0 fires the timers that are due already.</param>
    /// <exception cref="InvalidOperationException">The clock is being advanced already, by a caller of the timer or on another thread.</exception>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + duration);
    }

    /// <summary>Advances the clock to a time, see <see cref="Advance"/>. A time in the past changes nothing.</summary>
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

    // Returns the next timer due by the target and sets the clock to its time. If there is none, returns null and sets the clock to the target.
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
