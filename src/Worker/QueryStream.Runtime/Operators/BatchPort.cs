using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Where batches of a type that only the operator knows come in from a channel.</summary>
internal abstract class BatchPort
{
    /// <summary>Hands a batch over; it is borrowed for the call.</summary>
    public abstract void Deliver(Batch batch);
}

/// <summary>The port of one row type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="input">The operator's input.</param>
internal sealed class BatchPort<T>(IRowInput<T> input) : BatchPort
{
    /// <summary>The operator's input.</summary>
    public IRowInput<T> Input { get; } = input;

    public override void Deliver(Batch batch) => Input.OnBatch((Batch<T>)batch);
}
