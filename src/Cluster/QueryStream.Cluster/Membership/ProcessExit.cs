using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Membership;

/// <summary>How a process ends whose place in the cluster is taken.</summary>
internal interface IProcessExit
{
    /// <summary>Ends it at once: others may already run its tasks.</summary>
    /// <param name="reason">Why, for the log.</param>
    void Kill(string reason);
}

/// <summary>Kills this process. An orderly exit would wait for its tasks, and even for the cluster.</summary>
/// <param name="log">Where to say why.</param>
internal sealed class ProcessExit(ILogger<ProcessExit> log) : IProcessExit
{
    public void Kill(string reason)
    {
        Log.Killed(log, reason);

        // The console's logger writes on a thread of its own.
        Console.Error.WriteLine($"This process ends at once: {reason}.");
        Process.GetCurrentProcess().Kill();
    }
}
