using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>
/// Decides when a window gives results. One instance a subtask, for many keys and windows: what it must remember of one belongs into state.
/// Windows with a trigger of one's own keep their rows. When sessions become one, the trigger's state of all of them is forgotten, and it
/// sees their rows again, in order of event time; what it answers to those is not heeded. In turns of its task.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class Trigger<T>
{
    /// <summary>Called once, before anything else: declares state, which is of one key and window.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row, when it is in the window. Must not block.</summary>
    public abstract TriggerResult OnRow(in T row, TriggerContext context);

    /// <summary>
    /// Called when the watermark reaches a time that a timer was set for, and when the window is given up: a <see cref="Window.MaxTime"/> and
    /// the lateness later, or at the end of the input. So it may be called for times that it has not asked for.
    /// </summary>
    public virtual TriggerResult OnEventTime(EventTime time, TriggerContext context) => TriggerResult.Continue;

    /// <summary>Called when the clock reaches a time that a timer was set for, and in processing time when the window ends.</summary>
    public virtual TriggerResult OnProcessingTime(EventTime time, TriggerContext context) => TriggerResult.Continue;
}
