namespace QueryStream.LargeState;

/// <summary>
/// The longest pause of the process for one garbage collection. It looks every millisecond, so that of two collections within one only the second is
/// seen. Safe on any thread.
/// </summary>
internal sealed class CollectionPauses : IDisposable
{
    private readonly Timer _timer;
    private long _longest;
    private long _collection;

    public CollectionPauses() => _timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));

    /// <summary>The longest pause since the last call.</summary>
    public TimeSpan TakeLongest() => new(Interlocked.Exchange(ref _longest, 0));

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        if (Interlocked.Exchange(ref _collection, info.Index) == info.Index)
        {
            return;
        }

        foreach (TimeSpan pause in info.PauseDurations)
        {
            if (pause.Ticks > Interlocked.Read(ref _longest))
            {
                Interlocked.Exchange(ref _longest, pause.Ticks);
            }
        }
    }
}
