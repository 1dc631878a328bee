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
