using System.Diagnostics;
using QueryStream.Core.Texts;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Memory;

/// <summary>The memory of one <c>ValueState</c> per key in a running job, as measured by the garbage collector after all keys had two rows.</summary>
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

        // An unbounded second source keeps the job and its state alive.
        using JobHarness job = new(builder => builder.Source("keys", new NumberedSource<TKey>(keys, RowsPerKey, row))
            .Union(builder.Source("open", open))
            .KeyBy(key => key).Process(() => new KeyedCounter<TKey>(), "counter").To("wrong counts", wrong));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"{what,-36} {ownBytes,10:F1} {((double)kept / keys) - ownBytes,11:F1} {"",9} {seconds,8:F1}");

        // A third row of a key must emit its count.
        bool isExact = job.Failure is null && wrong.Rows.Count == 0;
        open.Push(row(keys - 1), time: 0);
        job.Run();
        return isExact && wrong.Take() is [RowsPerKey + 1];
    }
}
