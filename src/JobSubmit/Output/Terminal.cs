namespace QueryStream.JobSubmit.Output;

/// <summary>Where a command writes to.</summary>
/// <param name="Out">What was asked for.</param>
/// <param name="Error">What went wrong; with JSON on <paramref name="Out"/> also everything else.</param>
/// <param name="IsInteractive">Whether a person looks at a terminal that can be drawn on.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    /// <summary>That of this process.</summary>
    public static Terminal OfProcess() => new(
        TextWriter.Synchronized(Console.Out),
        TextWriter.Synchronized(Console.Error),
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    /// <summary>The one line that an error of a user is.</summary>
    public void WriteError(string message) => Error.WriteLine($"ERROR: {message.ReplaceLineEndings(" ")}");
}
