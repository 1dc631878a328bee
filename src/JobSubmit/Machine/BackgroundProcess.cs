using System.ComponentModel;
using System.Diagnostics;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Running;

namespace QueryStream.JobSubmit.Machine;

/// <summary>Starts processes of this program that outlive it and its terminal.</summary>
internal static class BackgroundProcess
{
    private const string LogVariable = "QUERYSTREAM_BACKGROUND_LOG";

    // In a session of its own no signal of the terminal reaches the process. macOS has no setsid: there it ignores them. Each step replaces the
    // shell, so that the number of the process stays.
    private const string Script = $"""
        umask 077
        log=${LogVariable}
        unset {LogVariable}
        exec >>"$log" 2>&1 </dev/null
        if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
        trap '' HUP INT QUIT
        exec "$@"
        """;

    /// <summary>Starts a process.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="log">The file to which its outputs are appended.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static ProcessIdentity Start(IEnumerable<string> arguments, string log, params IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo program = OwnProcess.Info(arguments);
        ProcessStartInfo start = new("/bin/sh", ["-c", Script, "sh", program.FileName, .. program.ArgumentList]);
        start.Environment[LogVariable] = log;

        // It is about this process only.
        start.Environment.Remove(CommandName.Variable);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            using Process process = Process.Start(start)!;
            return ProcessIdentity.Of(process.Id) ?? throw new MachineException($"A process of the cluster has ended at once. See {log}.");
        }
        catch (Win32Exception e)
        {
            throw new MachineException($"/bin/sh cannot be started: {e.Message}.");
        }
    }
}
