using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>
/// A function over the rows of a stream and over broadcast rows (rules, settings) that every subtask sees and remembers in broadcast state. One
/// instance a subtask; in turns of its task.
/// </summary>
/// <typeparam name="TIn">The rows of the stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class BroadcastProcessFunction<TIn, TBroadcast, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(BroadcastStateContext state)
    {
    }

    /// <summary>Called for each row of the stream; broadcast state can be read. Must not block.</summary>
    public abstract void Process(in TIn row, ProcessContext<TOut> context);

    /// <summary>Called for each broadcast row, on every subtask; broadcast state can be written, alike on all of them. Must not block.</summary>
    public abstract void ProcessBroadcast(in TBroadcast row, ProcessContext<TOut> context);

    /// <summary>Called once, when both inputs have ended and before the end goes on: the last chance to emit.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>
/// As <see cref="KeyedProcessFunction{TKey,TIn,TOut}"/>, with broadcast rows (rules, settings) besides that every subtask sees and remembers in
/// broadcast state. One instance a subtask, for many keys; in turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows of the keyed stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows, which have no key.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut>
{
    /// <summary>Called once, before anything else: declares the state. Where a job is defined, an instance of its own is opened to see which.</summary>
    public virtual void Open(KeyedStateContext keyed, BroadcastStateContext broadcast)
    {
    }

    /// <summary>Called for each row of the keyed stream; broadcast state can be read. Must not block.</summary>
    public abstract void Process(in TIn row, KeyedContext<TKey, TOut> context);

    /// <summary>Called for each broadcast row, on every subtask; broadcast state can be written, keyed state cannot be used. Must not block.</summary>
    public abstract void ProcessBroadcast(in TBroadcast row, ProcessContext<TOut> context);

    /// <summary>Called for each timer that is due, with its key's state at hand; broadcast state can be read.</summary>
    /// <param name="time">The time that the timer was set for.</param>
    /// <param name="domain">In which time.</param>
    /// <param name="context">Emits, and sets more timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
