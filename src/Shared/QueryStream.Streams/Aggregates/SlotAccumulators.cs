namespace QueryStream.Streams.Aggregates;

/// <summary>Accumulators in an array, found by a number for each row.</summary>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="accumulators">The array.</param>
/// <param name="slots">The place of each row's accumulator.</param>
public readonly ref struct SlotAccumulators<TAccumulator>(Span<TAccumulator> accumulators, ReadOnlySpan<int> slots) : IAccumulators<TAccumulator>
    where TAccumulator : struct
{
    private readonly Span<TAccumulator> _accumulators = accumulators;
    private readonly ReadOnlySpan<int> _slots = slots;

    /// <inheritdoc/>
    public ref TAccumulator this[int row] => ref _accumulators[_slots[row]];
}
