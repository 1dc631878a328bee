namespace QueryStream.Streams.Batches;

/// <summary>
/// A simulation's view of batches: counts those that were rented and not given back, so that a test finds a batch that was forgotten, and keeps the
/// random numbers of hostile mode. In a debug build and in hostile mode it also knows who holds each batch. Used by one thread at a time, which enters
/// it; that may be another thread each time.
/// </summary>
/// <param name="seed">Decides at how many rows a batch counts as full in hostile mode.</param>
internal sealed class BatchLedger(ulong seed)
{
    // In a static field, so that the JIT removes the code where it is false.
    private static readonly bool NotesHolders =
#if DEBUG
        true;
#else
        Core.HostileMode.IsOn;
#endif

    private readonly Dictionary<Batch, string> _holders = new(ReferenceEqualityComparer.Instance);

    /// <summary>The state of hostile mode's random numbers.</summary>
    public ulong Random = seed;

    /// <summary>Batches rented less batches given back.</summary>
    public long Held { get; private set; }

    /// <summary>Who rented or kept each batch that is held; empty where holders are not noted.</summary>
    public IEnumerable<string> Holders => _holders.Values;

    /// <summary>The ledger that this thread has entered; null outside of a simulation.</summary>
    [field: ThreadStatic]
    public static BatchLedger? Current { get; set; }

    public static void Rented(Batch batch, string file, int line)
    {
        if (Current is not { } ledger)
        {
            return;
        }

        ledger.Held++;
        if (NotesHolders)
        {
            string rows = batch.GetType().GetGenericArguments()[0].Name;
            ledger._holders[batch] = $"{rows} rented at {Path.GetFileName(file)}:{line}";
        }
    }

    public static void Retained(Batch batch, string file, int line)
    {
        if (NotesHolders && Current is { } ledger && ledger._holders.TryGetValue(batch, out string? holders))
        {
            ledger._holders[batch] = $"{holders}, kept at {Path.GetFileName(file)}:{line}";
        }
    }

    public static void Returned(Batch batch)
    {
        if (Current is not { } ledger)
        {
            return;
        }

        ledger.Held--;
        if (NotesHolders)
        {
            ledger._holders.Remove(batch);
        }
    }
}
