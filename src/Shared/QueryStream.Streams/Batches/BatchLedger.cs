namespace QueryStream.Streams.Batches;

/// <summary>
/// The batches of a simulation: counts those that are rented, so that a test finds leaks, and holds the random state of hostile mode. In a debug
/// build and in hostile mode it also records the holders of each batch. Used by one thread at a time, which sets <see cref="Current"/>.
/// </summary>
/// <param name="seed">The seed of hostile mode's random batch sizes.</param>
internal sealed class BatchLedger(ulong seed)
{
    // A static readonly field, so that the JIT removes the code if it is false.
    private static readonly bool TracksHolders =
#if DEBUG
        true;
#else
        Core.HostileMode.IsOn;
#endif

    private readonly Dictionary<Batch, string> _holders = new(ReferenceEqualityComparer.Instance);

    /// <summary>The random state of hostile mode.</summary>
    public ulong Random = seed;

    /// <summary>The number of batches that are rented and not returned.</summary>
    public long Held { get; private set; }

    /// <summary>Where each unreturned batch was rented and retained; empty if holders are not tracked.</summary>
    public IEnumerable<string> Holders => _holders.Values;

    /// <summary>The ledger of the simulation that runs on this thread; null outside of one.</summary>
    [field: ThreadStatic]
    public static BatchLedger? Current { get; set; }

    public static void Rented(Batch batch, string file, int line)
    {
        if (Current is not { } ledger)
        {
            return;
        }

        ledger.Held++;
        if (TracksHolders)
        {
            string rows = batch.GetType().GetGenericArguments()[0].Name;
            ledger._holders[batch] = $"{rows} rented at {Path.GetFileName(file)}:{line}";
        }
    }

    public static void Retained(Batch batch, string file, int line)
    {
        if (TracksHolders && Current is { } ledger && ledger._holders.TryGetValue(batch, out string? holders))
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
        if (TracksHolders)
        {
            ledger._holders.Remove(batch);
        }
    }
}
