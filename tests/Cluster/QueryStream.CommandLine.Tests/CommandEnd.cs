using System.Text.RegularExpressions;

namespace QueryStream.CommandLine.Tests;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Errors">What it wrote to stderr.</param>
internal sealed partial record CommandEnd(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines on stderr, except log lines at level INFO or lower.</summary>
    public string Problems => string.Join('\n', ErrorLines.Where(line => !InfoLine().IsMatch(line)));

    /// <summary>The error line: the last line on stderr, and the only one that is not a log line.</summary>
    public string ErrorLine
    {
        get
        {
            Assert.All(ErrorLines[..^1], line => Assert.Matches(LogLine(), line));
            return ErrorLines[^1];
        }
    }

    private string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (INFO|WARN)  ?\S")]
    private static partial Regex LogLine();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} INFO  \S")]
    private static partial Regex InfoLine();
}
