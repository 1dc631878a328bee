using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>
/// A function over rows that may emit any number of rows for each, also to side outputs. One instance per subtask, called in turns of its task.
/// </summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class ProcessFunction<TIn, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(OperatorStateContext state)
    {
    }

    /// <summary>Called for each row. Must not block.</summary>
    public abstract void Process(in TIn row, ProcessContext<TOut> context);

    /// <summary>Called once, when the input has ended: the last chance to emit rows.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>
/// A function over keyed rows, with state and timers for each key. One instance per subtask serves many keys, so data of a key must be in state.
/// Called in turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class KeyedProcessFunction<TKey, TIn, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(KeyedStateContext state)
    {
    }

    /// <summary>Called for each row. Must not block.</summary>
    public abstract void Process(in TIn row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each timer that fires, with the state of its key.</summary>
    /// <param name="time">The time of the timer.</param>
    /// <param name="domain">Whether the timer is in event time or processing time.</param>
    /// <param name="context">Emits rows and sets timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
