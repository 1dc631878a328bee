using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>
/// Decides when a window fires. One instance per subtask serves many keys and windows, so what it remembers of them must be in state. Windows with a
/// custom trigger keep their rows. When sessions merge, their trigger state is cleared, and the trigger gets their rows again, in order of event
/// time; its results for them are ignored. Called on its task's thread.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class Trigger<T>
{
    /// <summary>Called once, first: declares state, which is kept per key and window.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row, after it was added to the window. Must not block.</summary>
    public abstract TriggerResult OnRow(in T row, TriggerContext context);

    /// <summary>
    /// Called when the watermark reaches the time of a timer, and when the window is removed: when the watermark reaches
    /// <see cref="Window.MaxTime"/> and the lateness, or at the end of the input. So it is also called for times without a timer.
    /// </summary>
    public virtual TriggerResult OnEventTime(EventTime time, TriggerContext context) => TriggerResult.Continue;

    /// <summary>Called when the clock reaches the time of a timer, and in processing time when the window ends.</summary>
    public virtual TriggerResult OnProcessingTime(EventTime time, TriggerContext context) => TriggerResult.Continue;
}

/// <summary>The window and time of a call to a trigger. Valid during the call only.</summary>
public abstract class TriggerContext
{
    /// <summary>The window. A session's grows with its rows.</summary>
    public abstract Window Window { get; }

    /// <summary>The time of the row, or of the timer.</summary>
    public abstract EventTime Time { get; }

    /// <summary>The watermark: no more rows of this event time or an earlier one are expected.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock's time.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Sets a timer of this key and window for a watermark. Setting it twice fires it once.</summary>
    public abstract void SetTimer(EventTime eventTime);

    /// <summary>Deletes a timer that <see cref="SetTimer"/> has set; does nothing if there is none.</summary>
    public abstract void DeleteTimer(EventTime eventTime);

    /// <summary>Sets a timer of this key and window for a time of the clock. Setting it twice fires it once.</summary>
    public abstract void SetProcessingTimeTimer(EventTime processingTime);

    /// <summary>Deletes a timer that <see cref="SetProcessingTimeTimer"/> has set; does nothing if there is none.</summary>
    public abstract void DeleteProcessingTimeTimer(EventTime processingTime);
}

/// <summary>What a trigger decides about a window.</summary>
[Flags]
public enum TriggerResult : byte
{
    /// <summary>Do nothing.</summary>
    Continue = 0,

    /// <summary>Emit a result of its rows.</summary>
    Fire = 1,

    /// <summary>Remove its rows.</summary>
    Purge = 2,

    /// <summary>Emit a result, then remove the rows.</summary>
    FireAndPurge = Fire | Purge,
}
