using System.Collections.Concurrent;
using System.Diagnostics;

namespace QueryStream.Streams.Batches;

/// <summary>
/// Counts batches that were rented and not given back, by the thread that did it. Means something only where one thread does all: there
/// a test finds out that a batch was forgotten, and in a debug build also whose it was.
/// </summary>
internal static class BatchLedger
{
    private static readonly ConcurrentDictionary<Batch, Entry> Entries = new(ReferenceEqualityComparer.Instance);

    /// <summary>Rents of this thread less returns on this thread.</summary>
    [field: ThreadStatic]
    public static long Held { get; private set; }

    /// <summary>Who rented or kept the batches that this thread has rented and nobody has given back; nothing in a release build.</summary>
    public static IEnumerable<string> Owners =>
        Entries.Values.Where(entry => entry.Thread == Environment.CurrentManagedThreadId).Select(entry => entry.Holders);

    public static void Rented(Batch batch, string file, int line)
    {
        Held++;
        Write(batch, new Entry(Environment.CurrentManagedThreadId, $"{batch.GetType().GetGenericArguments()[0].Name} rented at {Path.GetFileName(file)}:{line}"));
    }

    public static void Retained(Batch batch, string file, int line) => Add(batch, file, line);

    public static void Returned(Batch batch)
    {
        Held--;
        Erase(batch);
    }

    [Conditional("DEBUG")]
    private static void Write(Batch batch, Entry entry) => Entries[batch] = entry;

    [Conditional("DEBUG")]
    private static void Add(Batch batch, string file, int line)
    {
        if (Entries.TryGetValue(batch, out Entry? entry))
        {
            Entries[batch] = entry with { Holders = $"{entry.Holders}, kept at {Path.GetFileName(file)}:{line}" };
        }
    }

    [Conditional("DEBUG")]
    private static void Erase(Batch batch) => Entries.TryRemove(batch, out _);

    private sealed record Entry(int Thread, string Holders);
}
