using QueryStream.Core.Time;

namespace QueryStream.Streams.Functions;

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
