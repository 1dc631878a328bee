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
