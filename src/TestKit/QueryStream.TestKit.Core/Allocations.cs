namespace QueryStream.TestKit;

/// <summary>Measures allocations.</summary>
public static class Allocations
{
    private const int MaxRuns = 20;

    /// <summary>The bytes that the calling thread allocates in one run of <paramref name="work"/>.</summary>
    /// <param name="work">Allocates the same in each run. It is repeated until a run has allocated no more than <paramref name="enough"/>.</param>
    /// <param name="enough">A number of bytes that the caller accepts, so that a smaller one need not be looked for.</param>
    /// <returns>The smallest count of at most 20 runs.</returns>
    /// <remarks>
    /// The runtime never counts too little, but sometimes too much: a background collection, which tests that run concurrently may cause at any time,
    /// discards the rest of the thread's allocation buffer, and that rest counts as allocated. It does so some time after
    /// <see cref="GC.CollectionCount(int)"/> has counted the collection, so nothing tells which runs are affected. One run that is not is enough:
    /// its count is exact, and the smallest. What the work allocates itself is in every count, so it is never missed.
    /// </remarks>
    public static long By(Action work, long enough = 0)
    {
        long least = long.MaxValue;
        for (int run = 0; run < MaxRuns && least > enough; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
