namespace QueryStream.TestKit;

/// <summary>Measures allocations.</summary>
public static class Allocations
{
    // The size of a thread's allocation buffer. A collection discards the buffer, and the runtime counts its rest as allocated. Tests that run
    // concurrently may trigger collections at any time.
    private const long BufferBytes = 8 * 1024;

    /// <summary>The bytes that the calling thread allocates in <paramref name="work"/>, minus what collections may have added to the count.</summary>
    /// <remarks>
    /// A lower bound, exact if no collection happens meanwhile. Repeat the work so often that one object per repetition exceeds 8 KB per collection.
    /// </remarks>
    public static long By(Action work)
    {
        int collections = GC.CollectionCount(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return Math.Max(0, allocated - (BufferBytes * (GC.CollectionCount(0) - collections)));
    }
}
