using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>The clock of windows in processing time: it calls their operator in a turn of the task when a window is due.</summary>
internal sealed class WindowClock
{
    private readonly TimeProvider _clock;
    private readonly Action<EventTime> _passed;
    private readonly ResettableTimer _timer;
    private EventTime _due = EventTime.MaxValue;

    /// <summary>Creates a clock.</summary>
    /// <param name="timers">The timers of the task.</param>
    /// <param name="passed">Called with the last millisecond that has passed, when something is due.</param>
    public WindowClock(TaskTimers timers, Action<EventTime> passed)
    {
        _clock = timers.Time;
        _passed = passed;
        _timer = timers.NewTimer(OnTimer);
    }

    private EventTime Time => EventTime.From(_clock.GetUtcNow());

    /// <summary>The time of rows that arrive now: the clock's, but later than the time that has passed.</summary>
    public EventTime Now(EventTime passed) => EventTime.Max(Time, passed.Add(1));

    /// <summary>Sets the time that is due next; <see cref="EventTime.MaxValue"/> if none is.</summary>
    public void Arm(EventTime due)
    {
        _due = due;
        if (due != EventTime.MaxValue)
        {
            _timer.SetFor(due);
        }
    }

    private void OnTimer()
    {
        // The timer may fire early, or for a window that is gone.
        if (Time >= _due)
        {
            _passed(Time.Add(-1));
        }
        else
        {
            Arm(_due);
        }
    }
}
