using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.Streams.Functions;

/// <summary>
/// A function over the rows of a stream and over broadcast rows (rules, settings), which every subtask gets and stores in broadcast state. One
/// instance per subtask, called in turns of its task.
/// </summary>
/// <typeparam name="TIn">The rows of the stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class BroadcastProcessFunction<TIn, TBroadcast, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(BroadcastStateContext state)
    {
    }

    /// <summary>Called for each row of the stream. Broadcast state can be read. Must not block.</summary>
    public abstract void Process(in TIn row, ProcessContext<TOut> context);

    /// <summary>
    /// Called for each broadcast row, on every subtask. Broadcast state can be written, and must be written the same way on all subtasks. Must not
    /// block.
    /// </summary>
    public abstract void ProcessBroadcast(in TBroadcast row, ProcessContext<TOut> context);

    /// <summary>Called once, when both inputs have ended: the last chance to emit rows.</summary>
    public virtual void OnEnd(ProcessContext<TOut> context)
    {
    }
}

/// <summary>
/// As <see cref="KeyedProcessFunction{TKey,TIn,TOut}"/>, with additional broadcast rows (rules, settings), which every subtask gets and stores in
/// broadcast state. One instance per subtask serves many keys, called in turns of its task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows of the keyed stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows, which have no key.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut>
{
    /// <summary>Called once, first: declares the state. Also called on a separate instance while the job is defined, to list its state.</summary>
    public virtual void Open(KeyedStateContext keyed, BroadcastStateContext broadcast)
    {
    }

    /// <summary>Called for each row of the keyed stream. Broadcast state can be read. Must not block.</summary>
    public abstract void Process(in TIn row, KeyedContext<TKey, TOut> context);

    /// <summary>
    /// Called for each broadcast row, on every subtask. Broadcast state can be written; keyed state cannot be used. Must not block.
    /// </summary>
    public abstract void ProcessBroadcast(in TBroadcast row, ProcessContext<TOut> context);

    /// <summary>Called for each timer that fires, with the state of its key. Broadcast state can be read.</summary>
    /// <param name="time">The time of the timer.</param>
    /// <param name="domain">Whether the timer is in event time or processing time.</param>
    /// <param name="context">Emits rows and sets timers.</param>
    public virtual void OnTimer(EventTime time, TimeDomain domain, KeyedContext<TKey, TOut> context)
    {
    }
}
