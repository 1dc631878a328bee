using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>A function over single rows that may emit any number of them, also on side outputs. One instance a subtask; in turns of its task.</summary>
/// <typeparam name="TIn">The rows it is given.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class ProcessFunction<TIn, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(OperatorStateContext state)
    {
    }

    /// <summary>Called for each row. Must not block.</summary>
    public abstract void Process(in TIn row, ProcessContext<TOut> context);

    /// <summary>Called once, when the input has ended and before the end goes on: the last chance to emit.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>
/// A function over the rows of one key at a time, with state and timers of that key. One instance a subtask, for many keys: what it must
/// remember of a key belongs into state. In turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows it is given.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class KeyedProcessFunction<TKey, TIn, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row. Must not block.</summary>
    public abstract void Process(in TIn row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each timer that is due, with its key's state at hand.</summary>
    /// <param name="time">The time that the timer was set for.</param>
    /// <param name="domain">In which time.</param>
    /// <param name="context">Emits, and sets more timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
