using System.Diagnostics;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>
/// A program of the user that takes something away that the cluster needs, and gives it back: Kafka, Redis, a container, a network.
/// </summary>
/// <param name="Name">What it takes away, for the report.</param>
/// <param name="Path">The program. It is called with <c>begin</c> and with <c>end</c>.</param>
internal sealed record OutageScript(string Name, string Path)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Parses <c>NAME=PATH</c>; null: it is not that, or there is no such file.</summary>
    public static OutageScript? Parse(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } path] && File.Exists(path)
            ? new OutageScript(name, System.IO.Path.GetFullPath(path))
            : null;

    /// <summary>Begins the outage.</summary>
    /// <exception cref="ChaosException">The program fails, or takes too long.</exception>
    public Task BeginAsync(TimeProvider time, CancellationToken stop) => RunAsync("begin", time, stop);

    /// <summary>Ends the outage.</summary>
    /// <exception cref="ChaosException">The program fails, or takes too long.</exception>
    public Task EndAsync(TimeProvider time) => RunAsync("end", time, CancellationToken.None);

    private async Task RunAsync(string step, TimeProvider time, CancellationToken stop)
    {
        // Its standard output is that of the report, so it gets the error's. It may leave processes behind that keep it.
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$1\" >&2 </dev/null", Path, step]))!;
        using CancellationTokenSource patience = new(Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new ChaosException($"'{Path} {step}' has not ended within {Durations.Format(Limit)}.");
        }

        if (process.ExitCode != 0)
        {
            throw new ChaosException($"'{Path} {step}' has ended with exit code {process.ExitCode}.");
        }
    }
}
