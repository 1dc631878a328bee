namespace QueryStream.Streams.Aggregates;

/// <summary>
/// The accumulators that the rows of a batch go into. A struct as a type parameter, so that a loop over rows sees through it
/// down to the arrays, also where an aggregate's accumulator is a part of a larger one.
/// </summary>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
public interface IAccumulators<TAccumulator>
    where TAccumulator : struct
{
    /// <summary>The accumulator of a row of the batch.</summary>
    ref TAccumulator this[int row] { get; }
}
