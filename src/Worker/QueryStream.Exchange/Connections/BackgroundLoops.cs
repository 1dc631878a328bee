namespace QueryStream.Exchange.Connections;

/// <summary>Keeps the tasks of all loops of the exchange until they have ended, so that none is lost or outlives it. Safe on any thread.</summary>
/// <param name="failed">Called with what a loop threw, which none should.</param>
internal sealed class BackgroundLoops(Action<Exception> failed)
{
    // Guards the set: loops start and end on any thread.
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>How many are running.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Starts a loop on another thread: the caller may be in a turn of a task.</summary>
    public void Start(Func<Task> loop)
    {
        Task running = Task.Run(() => ObserveAsync(loop));
        lock (_lock)
        {
            _running.Add(running);
        }

        // Also if it has ended already; after Add, so that it is always removed.
        _ = running.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Completes when all loops have ended.</summary>
    public async Task WhenEndedAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_lock)
            {
                running = [.. _running];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAll(running).ConfigureAwait(false);
            foreach (Task ended in running)
            {
                Forget(ended);
            }
        }
    }

    private async Task ObserveAsync(Func<Task> loop)
    {
        try
        {
            await loop().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    private void Forget(Task ended)
    {
        lock (_lock)
        {
            _running.Remove(ended);
        }
    }
}
