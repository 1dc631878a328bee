namespace QueryStream.TestKit.Jobs;

/// <summary>What the readers or writers of a harness's source or sink do wrong, and what was done to them.</summary>
public sealed class ConnectorLife
{
    private readonly TaskCompletionSource _opens = new();

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
    public void Open() => _opens.SetResult();

    internal static void Throw(Exception? failure)
    {
        if (failure is not null)
        {
            throw failure;
        }
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
            await _opens.Task;
        }

        Throw(FailsToOpen);
    }

    internal ValueTask OnCloseAsync()
    {
        Closed++;
        return FailsToClose is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
    }
}
