using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>The time of windows in processing time: the clock's, told to their operator in turns of the task when a window is due.</summary>
internal sealed class WindowClock
{
    private readonly TaskContext _context;
    private readonly Action<EventTime> _passed;
    private readonly Alarm _alarm;
    private EventTime _due = EventTime.MaxValue;

    /// <summary>Creates a clock.</summary>
    /// <param name="context">The task.</param>
    /// <param name="passed">Told the last millisecond that has passed, when something is due.</param>
    public WindowClock(TaskContext context, Action<EventTime> passed)
    {
        _context = context;
        _passed = passed;
        _alarm = context.NewAlarm(Ring);
    }

    private EventTime Time => EventTime.From(_context.Time.GetUtcNow());

    /// <summary>The time of rows that arrive now: the clock's, but never one that has been said to have passed.</summary>
    public EventTime Now(EventTime passed) => EventTime.Max(Time, passed.Add(1));

    /// <summary>Asks to be told when a time has come; +∞: nothing is waited for.</summary>
    public void Arm(EventTime due)
    {
        _due = due;
        if (due != EventTime.MaxValue)
        {
            _alarm.SetFor(due);
        }
    }

    private void Ring()
    {
        // An alarm may ring early, and what was waited for may be gone.
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
