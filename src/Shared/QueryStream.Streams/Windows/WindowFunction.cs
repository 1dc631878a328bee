using QueryStream.Streams.State;

namespace QueryStream.Streams.Windows;

/// <summary>
/// A function over all rows of a window, when a result is due. One instance a subtask, for many keys and windows: what it must remember of one
/// belongs into state. The windows keep their rows; where an aggregate can do it, that costs far less. In turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class WindowFunction<TKey, TIn, TOut>
{
    /// <summary>
    /// Called once, before anything else: declares state, which is of one key and window, and is gone with the window. Sessions have none, since they
    /// become others. Of those it is also called when the job is defined.
    /// </summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each result that is due of a window with rows. Must not block.</summary>
    public abstract void Process(WindowRows<TIn> rows, WindowContext<TKey, TOut> context);
}
