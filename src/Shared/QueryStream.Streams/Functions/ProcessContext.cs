using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Functions;

/// <summary>What a function is given with each row. Valid during the call only; in turns of one task.</summary>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class ProcessContext<TOut>
{
    /// <summary>The event time of the row, or the time of the timer. Rows emitted get it too.</summary>
    public abstract EventTime Time { get; }

    /// <summary>The watermark: no row of this event time or an earlier one is expected any more.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Emits a row.</summary>
    public abstract void Emit(in TOut row);

    /// <summary>Emits a row on a side output. Where nobody takes that, it is dropped.</summary>
    public abstract void Emit<TSide>(SideOutput<TSide> output, in TSide row);
}

/// <summary>What a keyed function is given with each row and timer. Valid during the call only; in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class KeyedContext<TKey, TOut> : ProcessContext<TOut>
{
    /// <summary>The key of the row or timer.</summary>
    public abstract TKey Key { get; }

    /// <summary>Has the function called back for this key when the watermark reaches a time. Once, however often it is asked for.</summary>
    public abstract void SetTimer(EventTime eventTime);

    /// <summary>Takes back <see cref="SetTimer"/>; nothing happens where there is none.</summary>
    public abstract void DeleteTimer(EventTime eventTime);

    /// <summary>Has the function called back for this key when the clock reaches a time. Once, however often it is asked for.</summary>
    public abstract void SetClockTimer(EventTime processingTime);

    /// <summary>Takes back <see cref="SetClockTimer"/>; nothing happens where there is none.</summary>
    public abstract void DeleteClockTimer(EventTime processingTime);
}

/// <summary>The two times that timers can be set in.</summary>
public enum TimeDomain : byte
{
    /// <summary>Event time, which the watermark moves.</summary>
    Event,

    /// <summary>The clock.</summary>
    Processing,
}

/// <summary>
/// Names a second stream of rows that a function emits, of whatever type. Two of the same name and type are the same; usually a static field
/// of the function's class.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed record SideOutput<T>
{
    /// <summary>Creates a name.</summary>
    public SideOutput(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException($"A side output of {typeof(T).Name} has no name: give it one.");
        }

        Name = name;
    }

    /// <summary>The name, unique in the function.</summary>
    public string Name { get; }
}
