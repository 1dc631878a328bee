using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>One of several branches of a chain that meet again in an operator; their control elements are combined.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="branch">Which branch.</param>
/// <param name="combiner">Shared by the branches.</param>
/// <param name="next">The operator.</param>
internal sealed class MergeInput<T>(int branch, WatermarkCombiner combiner, IInput<T> next) : IInput<T>
{
    public void OnBatch(Batch<T> batch) => next.OnBatch(batch);

    public void OnControl(in Control control) => combiner.Apply(branch, control, next);
}
