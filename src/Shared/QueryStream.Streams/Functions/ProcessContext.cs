using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Functions;

/// <summary>The context of a call to a function. Valid during the call only.</summary>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class ProcessContext<TOut>
{
    /// <summary>The event time of the row, or the time of the timer. Emitted rows get it too.</summary>
    public abstract EventTime Time { get; }

    /// <summary>The watermark: no more rows of this event time or an earlier one are expected.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Emits a row.</summary>
    public abstract void Emit(in TOut row);

    /// <summary>Emits a row to a side output. It is dropped if nothing reads that output.</summary>
    public abstract void Emit<TSide>(SideOutput<TSide> output, in TSide row);
}

/// <summary>The context of a call to a keyed function. Valid during the call only.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class KeyedContext<TKey, TOut> : ProcessContext<TOut>
{
    /// <summary>The key of the row or timer.</summary>
    public abstract TKey Key { get; }

    /// <summary>Sets a timer of this key for a watermark. Setting it twice fires it once.</summary>
    public abstract void SetTimer(EventTime eventTime);

    /// <summary>Deletes a timer that <see cref="SetTimer"/> has set; does nothing if there is none.</summary>
    public abstract void DeleteTimer(EventTime eventTime);

    /// <summary>Sets a timer of this key for a time of the clock. Setting it twice fires it once.</summary>
    public abstract void SetProcessingTimeTimer(EventTime processingTime);

    /// <summary>Deletes a timer that <see cref="SetProcessingTimeTimer"/> has set; does nothing if there is none.</summary>
    public abstract void DeleteProcessingTimeTimer(EventTime processingTime);
}

/// <summary>The time domain of a timer.</summary>
public enum TimeDomain : byte
{
    /// <summary>Event time: the watermark fires the timer.</summary>
    Event,

    /// <summary>The clock.</summary>
    Processing,
}

/// <summary>
/// Identifies an additional output of a function, with its own row type. Two with the same name and type are equal. Usually a static field of the
/// function's class.
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
