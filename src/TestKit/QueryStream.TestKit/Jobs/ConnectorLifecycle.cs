namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Injects faults into the readers or writers of a harness source or sink, and counts their lifecycle calls. Used by the test's thread.
/// </summary>
public sealed class ConnectorLifecycle
{
    // One per waiter: only the first awaiter of a task resumes on the completing thread, the others on the thread pool.
    private readonly List<TaskCompletionSource> _opens = [];
    private readonly List<TaskCompletionSource> _closes = [];

    /// <summary>The number of created readers or writers.</summary>
    public int Created { get; internal set; }

    /// <summary>The number of calls to open.</summary>
    public int Opened { get; private set; }

    /// <summary>The number of calls to dispose.</summary>
    public int Closed { get; private set; }

    /// <summary>Thrown by creation.</summary>
    public Exception? CreateFailure { get; set; }

    /// <summary>Thrown by opens.</summary>
    public Exception? OpenFailure { get; set; }

    /// <summary>Thrown by polls, or by writes.</summary>
    public Exception? WorkFailure { get; set; }

    /// <summary>Thrown by flushes.</summary>
    public Exception? FlushFailure { get; set; }

    /// <summary>Thrown by disposals.</summary>
    public Exception? CloseFailure { get; set; }

    /// <summary>Whether opens wait for <see cref="Open"/>.</summary>
    public bool WaitsToOpen { get; set; }

    /// <summary>Completes the waiting opens.</summary>
    public void Open() => Complete(_opens);

    /// <summary>Whether disposals wait for <see cref="Close"/>.</summary>
    public bool WaitsToClose { get; set; }

    /// <summary>Completes the waiting disposals.</summary>
    public void Close() => Complete(_closes);

    internal static void Throw(Exception? failure)
    {
        if (failure is not null)
        {
            throw failure;
        }
    }

    // Without the test's synchronization context, continuations run synchronously here and not on the thread pool.
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
        Throw(CreateFailure);
    }

    internal async Task OnOpenAsync()
    {
        Opened++;
        if (WaitsToOpen)
        {
            await WaitAsync(_opens).ConfigureAwait(false);
        }

        Throw(OpenFailure);
    }

    internal async ValueTask OnCloseAsync()
    {
        Closed++;
        if (WaitsToClose)
        {
            await WaitAsync(_closes).ConfigureAwait(false);
        }

        Throw(CloseFailure);
    }
}
