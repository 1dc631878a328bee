using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Membership;

/// <summary>How a process ends whose place in the cluster is taken.</summary>
internal interface IProcessExit
{
    /// <summary>Ends it at once: others may already run its tasks.</summary>
    /// <param name="reason">Why, for the log.</param>
    void Kill(string reason);

    /// <summary>Ends it in order: it hands its work over, and leaves the cluster.</summary>
    void Leave();

    /// <summary>Completes when <see cref="Leave"/> is called.</summary>
    Task LeaveRequested { get; }
}

/// <summary>
/// Ends this process without a word to anybody. An orderly exit would wait for its tasks, and even for the cluster. Not by a signal: the first
/// process of a container ignores its own.
/// </summary>
/// <param name="log">Where to say why.</param>
internal sealed partial class ProcessExit(ILogger<ProcessExit> log) : IProcessExit
{
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task LeaveRequested => _leave.Task;

    public void Leave() => _leave.TrySetResult();

    // What shells report of a killed process.
    private const int Killed = 137;

    public void Kill(string reason)
    {
        Log.Killed(log, reason);

        // The console's logger writes on a thread of its own.
        Console.Error.WriteLine($"This process ends at once: {reason}.");
        if (OperatingSystem.IsWindows())
        {
            Process.GetCurrentProcess().Kill();
        }
        else
        {
            Exit(Killed);
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
