using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Takes control elements.</summary>
internal interface IControlInput
{
    /// <summary>Handles an element. What belongs before it has been handed over.</summary>
    void OnControl(in Control control);
}

/// <summary>Takes rows.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IRowInput<T>
{
    /// <summary>Handles a batch, which is borrowed for the call and must not be written.</summary>
    void OnBatch(Batch<T> batch);
}

/// <summary>What operators of one task are to each other: the next one in the chain.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IInput<T> : IRowInput<T>, IControlInput;
