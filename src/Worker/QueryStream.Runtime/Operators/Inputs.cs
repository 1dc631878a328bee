using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Receives control elements.</summary>
internal interface IControlInput
{
    /// <summary>Handles an element. The rows before it have been delivered.</summary>
    void OnControl(in Control control);
}

/// <summary>Receives rows.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IRowInput<T>
{
    /// <summary>Handles a batch, which is borrowed for the call and must not be written.</summary>
    void OnBatch(Batch<T> batch);
}

/// <summary>The next operator in the chain.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IInput<T> : IRowInput<T>, IControlInput;

/// <summary>The end of an output that no operator consumes.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class Discard<T> : IInput<T>
{
    public static readonly Discard<T> Instance = new();

    public void OnBatch(Batch<T> batch)
    {
    }

    public void OnControl(in Control control)
    {
    }
}

/// <summary>Passes the same batch to several operators, one branch of the chain after the other.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="branches">The next operators.</param>
internal sealed class FanOut<T>(IInput<T>[] branches) : IInput<T>
{
    public void OnBatch(Batch<T> batch)
    {
        foreach (IInput<T> branch in branches)
        {
            branch.OnBatch(batch);
        }
    }

    public void OnControl(in Control control)
    {
        foreach (IInput<T> branch in branches)
        {
            branch.OnControl(control);
        }
    }
}

/// <summary>One of several branches of a chain that join in one operator, which gets their combined control elements.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="branch">The index of the branch.</param>
/// <param name="combiner">Shared by the branches.</param>
/// <param name="next">The operator.</param>
internal sealed class MergeInput<T>(int branch, WatermarkCombiner combiner, IInput<T> next) : IInput<T>
{
    public void OnBatch(Batch<T> batch) => next.OnBatch(batch);

    public void OnControl(in Control control) => combiner.Apply(branch, control, next);
}
