using System.Diagnostics;
using System.Text;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Memory;

/// <summary>
/// The memory of an exact distinct count per value, without the value's own bytes: as measured by the garbage collector after all values were added
/// twice, and the highest figure that the count itself reports, just after its tables have grown.
/// </summary>
internal static class DistinctMemory
{
    // The maximum rows of a batch, whose texts are discarded with it.
    private const int BatchRows = 1_000;

    /// <summary>Counts texts.</summary>
    public static bool OfTexts(string what, int values, Func<int, string> text)
    {
        TextArena arena = new();
        long own = 0;
        byte[] utf8 = new byte[1024];
        return Measure(what, values, default(AggregateBuilder<Text>).CountDistinct(row => row), (i, isFirst) =>
        {
            if (i % BatchRows == 0)
            {
                arena.Reset();
            }

            int length = Encoding.UTF8.GetBytes(text(i), utf8);
            own += isFirst ? length : 0;
            return arena.Add(utf8.AsSpan(0, length));
        }, () => own);
    }

    /// <summary>Counts numbers.</summary>
    public static bool OfNumbers(string what, int values)
    {
        long own = 0;
        return Measure(what, values, default(AggregateBuilder<long>).CountDistinct(row => row), (i, isFirst) =>
        {
            own += isFirst ? sizeof(long) : 0;
            return i * 7_919L;
        }, () => own);
    }

    private static bool Measure<T, TAccumulator>(
        string what, int values, Aggregate<T, TAccumulator, long> aggregate, Func<int, bool, T> row, Func<long> ownBytes)
        where TAccumulator : struct
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        TAccumulator accumulator = default;
        double highest = 0;
        for (int i = 0; i < values; i++)
        {
            aggregate.Add(ref accumulator, row(i, true));
            if (i >= 100_000 && i % 10_000 == 0)
            {
                highest = Math.Max(highest, (aggregate.SizeOf(accumulator) - ownBytes()) / (double)i);
            }
        }

        for (int i = 0; i < values; i++)
        {
            aggregate.Add(ref accumulator, row(i, false));
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        long own = ownBytes();
        long count = aggregate.Result(ref accumulator, isFinal: true);
        Console.WriteLine($"{what,-36} {(double)own / values,10:F1} {(kept - own) / (double)values,11:F1} {highest,9:F1} {seconds,8:F1}");
        if (count != values)
        {
            Console.WriteLine($"  counted {count} of {values}");
        }

        return count == values;
    }
}
