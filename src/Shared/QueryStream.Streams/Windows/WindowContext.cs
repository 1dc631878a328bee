using QueryStream.Core.Time;
using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Windows;

/// <summary>What a window function is given with each result. Valid during the call only; in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class WindowContext<TKey, TOut>
{
    /// <summary>The key.</summary>
    public abstract TKey Key { get; }

    /// <summary>The window.</summary>
    public abstract Window Window { get; }

    /// <summary>Which result of the window and key this is.</summary>
    public abstract Pane Pane { get; }

    /// <summary>The watermark.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Emits a row, with the event time of the window's last millisecond; of a global window with that of its latest row.</summary>
    public abstract void Emit(in TOut row);

    /// <summary>Emits a row on a side output. Where nobody takes that, it is dropped.</summary>
    public abstract void Emit<TSide>(SideOutput<TSide> output, in TSide row);
}
