using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>As <see cref="ProcessFunction{TIn,TOut}"/>, over two streams. One instance a subtask; in turns of its task.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class CoProcessFunction<TLeft, TRight, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(OperatorStateContext state)
    {
    }

    /// <summary>Called for each row of the first stream. Must not block.</summary>
    public abstract void ProcessLeft(in TLeft row, ProcessContext<TOut> context);

    /// <summary>Called for each row of the second stream. Must not block.</summary>
    public abstract void ProcessRight(in TRight row, ProcessContext<TOut> context);

    /// <summary>Called once, when both inputs have ended and before the end goes on: the last chance to emit.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>As <see cref="KeyedProcessFunction{TKey,TIn,TOut}"/>, over two streams of the same key that share its state. In turns of its task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row of the first stream. Must not block.</summary>
    public abstract void ProcessLeft(in TLeft row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each row of the second stream. Must not block.</summary>
    public abstract void ProcessRight(in TRight row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each timer that is due, with its key's state at hand.</summary>
    /// <param name="time">The time that the timer was set for.</param>
    /// <param name="domain">In which time.</param>
    /// <param name="context">Emits, and sets more timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
