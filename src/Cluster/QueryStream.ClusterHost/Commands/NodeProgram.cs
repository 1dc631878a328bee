using System.CommandLine;
using QueryStream.Local;

namespace QueryStream.Cluster.Host.Commands;

/// <summary>The programs that are one process of a cluster and nothing else.</summary>
public static class NodeProgram
{
    /// <summary><c>querystream-coordinator</c>: as <c>querystream coordinator</c>.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunCoordinatorAsync(string[] arguments) => RunAsync("querystream-coordinator", NodeCommands.CoordinatorRoot(), arguments);

    /// <summary><c>querystream-worker</c>: as <c>querystream worker</c>.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunWorkerAsync(string[] arguments) => RunAsync("querystream-worker", NodeCommands.WorkerRoot(), arguments);

    private static async Task<int> RunAsync(string name, RootCommand root, string[] arguments)
    {
        LocalHost.UseInvariantTexts();
        using StopSignals signals = new();
        CommandProgram program = new(name, TextWriter.Synchronized(Console.Out), TextWriter.Synchronized(Console.Error));
        return await program.RunAsync(root, arguments, settings: [], signals.Token).ConfigureAwait(false);
    }
}
