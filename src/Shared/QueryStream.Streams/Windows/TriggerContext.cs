using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>What a trigger is given with each row and timer. Valid during the call only; in turns of one task.</summary>
public abstract class TriggerContext
{
    /// <summary>The window. That of a session grows with its rows.</summary>
    public abstract Window Window { get; }

    /// <summary>The time of the row, or of the timer.</summary>
    public abstract EventTime Time { get; }

    /// <summary>The watermark: no row of this event time or an earlier one is expected any more.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Has the trigger asked for this key and window when the watermark reaches a time. Once, however often it is asked for.</summary>
    public abstract void SetTimer(EventTime eventTime);

    /// <summary>Takes back <see cref="SetTimer"/>; nothing happens where there is none.</summary>
    public abstract void DeleteTimer(EventTime eventTime);

    /// <summary>Has the trigger asked for this key and window when the clock reaches a time. Once, however often it is asked for.</summary>
    public abstract void SetClockTimer(EventTime processingTime);

    /// <summary>Takes back <see cref="SetClockTimer"/>; nothing happens where there is none.</summary>
    public abstract void DeleteClockTimer(EventTime processingTime);
}
