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
