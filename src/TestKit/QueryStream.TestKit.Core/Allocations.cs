namespace QueryStream.TestKit;

/// <summary>Measures what a piece of code allocates.</summary>
public static class Allocations
{
    // The buffer that a thread allocates from. A collection takes it away, and the runtime counts what was left of it as allocated:
    // tests that run beside this one collect whenever they like.
    private const long BufferBytes = 8 * 1024;

    /// <summary>The bytes that the calling thread allocates for <paramref name="work"/>, less what collections may have added to their count.</summary>
    /// <remarks>A lower bound, exact where nothing is collected meanwhile: repeat the work often enough that a single object each time exceeds 8 KB a collection.</remarks>
    public static long By(Action work)
    {
        int collections = GC.CollectionCount(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return Math.Max(0, allocated - (BufferBytes * (GC.CollectionCount(0) - collections)));
    }
}
