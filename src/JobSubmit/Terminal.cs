using QueryStream.JobSubmit.Demo;

namespace QueryStream.JobSubmit;

/// <summary>Where a command writes to.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors, progress and, with <c>--json</c>, the rows that a job prints. The log goes to stderr by itself.</param>
/// <param name="IsInteractive">Whether <paramref name="Out"/> is a terminal that can be drawn on.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    /// <summary>The second screen of the terminal. Left before the process ends, however it ends.</summary>
    public AlternateScreen Screen { get; } = new(Out);

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() => new(
        TextWriter.Synchronized(Console.Out),
        TextWriter.Synchronized(Console.Error),
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    /// <summary>Writes an error as one line.</summary>
    public void WriteError(string message) => Error.WriteLine($"ERROR: {message.ReplaceLineEndings(" ")}");
}
