using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>As <see cref="ProcessFunction{TIn,TOut}"/>, over two streams. One instance per subtask, called in turns of its task.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class CoProcessFunction<TLeft, TRight, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(OperatorStateContext state)
    {
    }

    /// <summary>Called for each row of the first stream. Must not block.</summary>
    public abstract void ProcessLeft(in TLeft row, ProcessContext<TOut> context);

    /// <summary>Called for each row of the second stream. Must not block.</summary>
    public abstract void ProcessRight(in TRight row, ProcessContext<TOut> context);

    /// <summary>Called once, when both inputs have ended: the last chance to emit rows.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>
/// As <see cref="KeyedProcessFunction{TKey,TIn,TOut}"/>, over two keyed streams that share the state of each key. Called in turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row of the first stream. Must not block.</summary>
    public abstract void ProcessLeft(in TLeft row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each row of the second stream. Must not block.</summary>
    public abstract void ProcessRight(in TRight row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each timer that fires, with the state of its key.</summary>
    /// <param name="time">The time of the timer.</param>
    /// <param name="domain">Whether the timer is in event time or processing time.</param>
    /// <param name="context">Emits rows and sets timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
