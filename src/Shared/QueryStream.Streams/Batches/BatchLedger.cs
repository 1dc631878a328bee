namespace QueryStream.Streams.Batches;

/// <summary>
/// Counts batches that were rented and not given back, by the thread that did it. Means something only where one thread does all: there
/// a test finds out that a batch was forgotten.
/// </summary>
internal static class BatchLedger
{
    /// <summary>Rents of this thread less returns on this thread.</summary>
    [field: ThreadStatic]
    public static long Held { get; private set; }

    public static void Rented() => Held++;

    public static void Returned() => Held--;
}
