namespace QueryStream.Streams.Aggregates;

/// <summary>
/// The accumulators of the rows of a batch. Implementations are structs and passed as type parameters, so that the JIT inlines the access, also if an
/// accumulator is part of a larger one.
/// </summary>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
public interface IAccumulators<TAccumulator>
    where TAccumulator : struct
{
    /// <summary>The accumulator of a row of the batch.</summary>
    ref TAccumulator this[int row] { get; }
}

/// <summary>Accumulators in an array, with an index for each row.</summary>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="accumulators">The array.</param>
/// <param name="slots">The index of each row's accumulator.</param>
public readonly ref struct SlotAccumulators<TAccumulator>(Span<TAccumulator> accumulators, ReadOnlySpan<int> slots) : IAccumulators<TAccumulator>
    where TAccumulator : struct
{
    private readonly Span<TAccumulator> _accumulators = accumulators;
    private readonly ReadOnlySpan<int> _slots = slots;

    /// <inheritdoc/>
    public ref TAccumulator this[int row] => ref _accumulators[_slots[row]];
}
