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
