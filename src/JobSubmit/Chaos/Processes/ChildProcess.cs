using System.Diagnostics;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Machine;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>A process of this program that is killed or frozen, and whose outputs go to a log.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // 128 and SIGKILL.
    private const int KilledExitCode = 137;

    private readonly Process _process;

    private ChildProcess(Process process, long startedAt)
    {
        _process = process;
        StartedAt = startedAt;
        Exited = ExitAsync();
    }

    /// <summary>The timestamp of the start.</summary>
    public long StartedAt { get; }

    /// <summary>Completes when the process has ended and all of its output is in the log.</summary>
    public Task Exited { get; }

    /// <summary>The exit code of the ended process.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Starts a process.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onLine">Called with each line that it prints, on any thread.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static ChildProcess Start(
        IEnumerable<string> arguments, TimeProvider time, Action<string> onLine, params IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo info = OwnProcess.Info(arguments);

        // Logs every checkpoint, and stack traces.
        info.Environment[LocalHost.LogVariable] = "debug";

        // It is about this process only.
        info.Environment.Remove(CommandName.Variable);
        foreach ((string name, string value) in environment)
        {
            info.Environment[name] = value;
        }

        Process process = new() { StartInfo = info };
        long startedAt = time.GetTimestamp();
        process.Start();
        process.OutputDataReceived += Print;
        process.ErrorDataReceived += Print;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, startedAt);

        void Print(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
            {
                onLine(text);
            }
        }
    }

    /// <summary>Kills it with SIGKILL, and waits for its end.</summary>
    /// <returns>False if the process had ended before.</returns>
    public async Task<bool> KillAsync()
    {
        _process.Kill();
        await Exited;
        return ExitCode == KilledExitCode;
    }

    /// <summary>Freezes it: connections stay open, but nothing answers. It can still be killed.</summary>
    public void Pause() => _ = Posix.Send(_process.Id, Posix.Stop);

    /// <summary>Lets it go on.</summary>
    public void Resume() => _ = Posix.Send(_process.Id, Posix.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill();
            await Exited;
        }

        _process.Dispose();
    }

    // The code is kept, since nobody knows who disposes of the process first.
    private async Task ExitAsync()
    {
        await _process.WaitForExitAsync();
        ExitCode = _process.ExitCode;
    }
}
