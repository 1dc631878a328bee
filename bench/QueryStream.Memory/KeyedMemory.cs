using System.Diagnostics;
using QueryStream.Core.Texts;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Memory;

/// <summary>What a counter of one <c>ValueState</c> keeps for a key in a running job, by the garbage collector's account when all keys have come twice.</summary>
internal static class KeyedMemory
{
    public const int RowsPerKey = 2;

    /// <summary>Counts by numbers.</summary>
    public static bool OfNumbers(string what, int keys) => Measure(what, keys, sizeof(long), i => i * 7_919L);

    /// <summary>Counts by texts.</summary>
    public static bool OfTexts(string what, int keys, Func<int, string> text) => Measure(what, keys, text(0).Length, i => Text.From(text(i)));

    private static bool Measure<TKey>(string what, int keys, int ownBytes, Func<int, TKey> row)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        HarnessSource<TKey> open = new();
        HarnessSink<long> wrong = new();

        // A second source without an end keeps the job, and so its state, alive.
        using JobHarness job = new(builder => builder.Source("keys", new NumberedSource<TKey>(keys, RowsPerKey, row))
            .Union(builder.Source("open", open))
            .KeyBy(key => key).Process(() => new KeyedCounter<TKey>(), "counter").To("wrong counts", wrong));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"{what,-36} {ownBytes,10:F1} {((double)kept / keys) - ownBytes,11:F1} {"",9} {seconds,8:F1}");

        // Once more: now every key must tell of its third row, and of no more.
        bool isExact = job.Failure is null && wrong.Rows.Count == 0;
        open.Push(row(keys - 1), time: 0);
        job.Run();
        return isExact && wrong.Take() is [RowsPerKey + 1];
    }
}
