using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Takes rows whose results may be many more than they: in portions, through a <see cref="ControlQueue"/>.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IPortionedInput<T>
{
    /// <summary>Handles rows from an index on, until about as many results have gone on as a turn has time for.</summary>
    /// <returns>The index of the first row that was not handled.</returns>
    int ProcessFrom(Batch<T> batch, int row);
}
