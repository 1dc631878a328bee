using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Hands the same batch to several operators: one branch of the chain after the other.</summary>
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
