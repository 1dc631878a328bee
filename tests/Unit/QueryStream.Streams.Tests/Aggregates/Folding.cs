using QueryStream.Core;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

/// <summary>Folds rows like the engine: at once, or in parts that are merged in some order.</summary>
internal static class Folding
{
    public static TOut Fold<T, TAccumulator, TOut>(this Aggregate<T, TAccumulator, TOut> aggregate, params IEnumerable<T> rows)
        where TAccumulator : struct
    {
        TAccumulator accumulator = default;
        foreach (T row in rows)
        {
            aggregate.Add(ref accumulator, row);
        }

        return aggregate.Result(ref accumulator, isFinal: true);
    }

    /// <summary>
    /// Distributes the rows over parts, some of them empty, and merges pairs until one part is left. The seed determines all choices.
    /// </summary>
    public static TOut FoldInParts<T, TAccumulator, TOut>(this Aggregate<T, TAccumulator, TOut> aggregate, IEnumerable<T> rows, int parts, ulong seed)
        where TAccumulator : struct
    {
        SeededRandom random = new(seed);
        TAccumulator[] accumulators = new TAccumulator[Math.Max(1, parts)];
        foreach (T row in rows)
        {
            aggregate.Add(ref accumulators[random.Next(accumulators.Length)], row);
        }

        for (int left = accumulators.Length; left > 1; left--)
        {
            int from = random.Next(left);
            (accumulators[from], accumulators[left - 1]) = (accumulators[left - 1], accumulators[from]);
            aggregate.Merge(ref accumulators[random.Next(left - 1)], ref accumulators[left - 1]);
        }

        return aggregate.Result(ref accumulators[0], isFinal: true);
    }
}
