using System.Collections.Concurrent;

namespace QueryStream.Streams.Batches;

/// <summary>
/// Counts batches that were rented and not given back, by the thread that did it. Means something only where one thread does all: there
/// a test finds out that a batch was forgotten, and in a debug build or in hostile mode also whose it was.
/// </summary>
internal static class BatchLedger
{
    // In a static field, so that the JIT leaves nothing of it elsewhere.
    private static readonly bool NotesHolders =
#if DEBUG
        true;
#else
        Core.HostileMode.IsOn;
#endif

    private static readonly ConcurrentDictionary<Batch, Entry> Entries = new(ReferenceEqualityComparer.Instance);

    /// <summary>Rents of this thread less returns on this thread.</summary>
    [field: ThreadStatic]
    public static long Held { get; private set; }

    /// <summary>Who rented or kept the batches that this thread has rented and nobody has given back; nothing where they are not noted.</summary>
    public static IEnumerable<string> Owners =>
        Entries.Values.Where(entry => entry.Thread == Environment.CurrentManagedThreadId).Select(entry => entry.Holders);

    public static void Rented(Batch batch, string file, int line)
    {
        Held++;
        if (NotesHolders)
        {
            string rows = batch.GetType().GetGenericArguments()[0].Name;
            Entries[batch] = new Entry(Environment.CurrentManagedThreadId, $"{rows} rented at {Path.GetFileName(file)}:{line}");
        }
    }

    public static void Retained(Batch batch, string file, int line)
    {
        if (NotesHolders && Entries.TryGetValue(batch, out Entry? entry))
        {
            Entries[batch] = entry with { Holders = $"{entry.Holders}, kept at {Path.GetFileName(file)}:{line}" };
        }
    }

    public static void Returned(Batch batch)
    {
        Held--;
        if (NotesHolders)
        {
            Entries.TryRemove(batch, out _);
        }
    }

    private sealed record Entry(int Thread, string Holders);
}
