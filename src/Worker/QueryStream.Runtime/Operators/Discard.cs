using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>An output that nobody uses.</summary>
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
