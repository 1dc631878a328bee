namespace QueryStream.TestKit.Jobs;

/// <summary>What the readers or writers of a harness's source or sink do wrong, and what was done to them.</summary>
public sealed class ConnectorLife
{
    // One for each, since only the first who waits for a task is resumed where it is completed; all others are on the thread pool.
    private readonly List<TaskCompletionSource> _opens = [];
    private readonly List<TaskCompletionSource> _closes = [];

    /// <summary>How many were made.</summary>
    public int Created { get; internal set; }

    /// <summary>How many opens were asked for.</summary>
    public int Opened { get; private set; }

    /// <summary>How many disposals were asked for.</summary>
    public int Closed { get; private set; }

    /// <summary>Thrown when one is made.</summary>
    public Exception? FailsToCreate { get; set; }

    /// <summary>Thrown by opens.</summary>
    public Exception? FailsToOpen { get; set; }

    /// <summary>Thrown by polls, or by writes.</summary>
    public Exception? FailsToWork { get; set; }

    /// <summary>Thrown by flushes.</summary>
    public Exception? FailsToFlush { get; set; }

    /// <summary>Thrown by disposals.</summary>
    public Exception? FailsToClose { get; set; }

    /// <summary>Whether opens wait for <see cref="Open"/>.</summary>
    public bool WaitsToOpen { get; set; }

    /// <summary>Lets those open that wait.</summary>
    public void Open() => Complete(_opens);

    /// <summary>Whether disposals wait for <see cref="Close"/>.</summary>
    public bool WaitsToClose { get; set; }

    /// <summary>Lets those close that wait.</summary>
    public void Close() => Complete(_closes);

    internal static void Throw(Exception? failure)
    {
        if (failure is not null)
        {
            throw failure;
        }
    }

    // Without the test's synchronization context, so that what waits goes on here and now and not on the thread pool.
    private static void Complete(List<TaskCompletionSource> waiting)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        waiting.ForEach(one => one.SetResult());
        waiting.Clear();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private static Task WaitAsync(List<TaskCompletionSource> waiting)
    {
        TaskCompletionSource one = new();
        waiting.Add(one);
        return one.Task;
    }

    internal void OnCreate()
    {
        Created++;
        Throw(FailsToCreate);
    }

    internal async Task OnOpenAsync()
    {
        Opened++;
        if (WaitsToOpen)
        {
            await WaitAsync(_opens).ConfigureAwait(false);
        }

        Throw(FailsToOpen);
    }

    internal async ValueTask OnCloseAsync()
    {
        Closed++;
        if (WaitsToClose)
        {
            await WaitAsync(_closes).ConfigureAwait(false);
        }

        Throw(FailsToClose);
    }
}
