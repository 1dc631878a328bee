using QueryStream.Core.Time;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>
/// A function of all rows of a window, called when the window fires. One instance per subtask serves many keys and windows, so what it remembers of
/// them must be in state. The windows keep their rows, so an aggregate is much cheaper if it is sufficient. Called on its task's thread.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class WindowFunction<TKey, TIn, TOut>
{
    /// <summary>
    /// Called once, first: declares state, which is kept per key and window and removed with the window. Functions over sessions have no state, since
    /// sessions merge: for those it is also called while the job is defined, to refuse state.
    /// </summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called each time that a window with rows fires. Must not block.</summary>
    public abstract void Process(WindowRows<TIn> rows, WindowContext<TKey, TOut> context);
}

/// <summary>The key and window of a call to a window function. Valid during the call only.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public abstract class WindowContext<TKey, TOut>
{
    /// <summary>The key.</summary>
    public abstract TKey Key { get; }

    /// <summary>The window.</summary>
    public abstract Window Window { get; }

    /// <summary>Whether the result is early, on time or an update.</summary>
    public abstract Pane Pane { get; }

    /// <summary>The watermark.</summary>
    public abstract EventTime Watermark { get; }

    /// <summary>The clock's time.</summary>
    public abstract EventTime ProcessingTime { get; }

    /// <summary>Emits a row with the event time of the window's last millisecond; in a global window, of its latest row.</summary>
    public abstract void Emit(in TOut row);

    /// <summary>Emits a row to a side output. It is dropped if nothing reads that.</summary>
    public abstract void Emit<TSide>(SideOutput<TSide> output, in TSide row);
}

/// <summary>The rows of a window, by event time and then by arrival. Valid during the call only.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class WindowRows<T>
{
    /// <summary>The number of rows.</summary>
    public int Count => Rows.Length;

    /// <summary>The rows.</summary>
    public abstract ReadOnlySpan<T> Rows { get; }

    /// <summary>Their event times.</summary>
    public abstract ReadOnlySpan<EventTime> Times { get; }

    /// <summary>Removes the rows that meet a condition. For evictors only.</summary>
    /// <exception cref="InvalidOperationException">A window function called it.</exception>
    public abstract void RemoveWhere(Func<T, EventTime, bool> condition);

    /// <summary>Removes the earliest rows, and keeps the last <paramref name="count"/>. For evictors only.</summary>
    /// <exception cref="InvalidOperationException">A window function called it.</exception>
    public void KeepLast(int count)
    {
        int left = Count;
        RemoveWhere((_, _) => left-- > count);
    }
}

/// <summary>Aggregates the rows of a window that keeps them.</summary>
internal sealed class AggregatingFunction<TKey, T, TAccumulator, TOut>(
    Aggregate<T, TAccumulator, TOut> aggregate) : WindowFunction<TKey, T, WindowResult<TKey, TOut>>
    where TAccumulator : struct
{
    public override void Process(WindowRows<T> rows, WindowContext<TKey, WindowResult<TKey, TOut>> context)
    {
        TAccumulator accumulator = default;
        for (int i = 0; i < rows.Count; i++)
        {
            aggregate.Add(ref accumulator, rows.Rows[i], rows.Times[i]);
        }

        TOut value = aggregate.Result(ref accumulator, isFinal: context.Pane != Pane.Early);
        context.Emit(new WindowResult<TKey, TOut>(context.Key, context.Window, context.Pane, value));
    }
}
