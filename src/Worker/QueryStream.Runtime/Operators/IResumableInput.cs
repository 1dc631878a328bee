using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>A port with a <see cref="InputQueue"/>: a batch may become more rows than fit into a turn.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IResumableInput<T>
{
    /// <summary>Processes rows from an index on, until it has emitted about as many rows as fit a turn.</summary>
    /// <returns>The index of the first row that is not processed.</returns>
    int ProcessFrom(Batch<T> batch, int row);
}
