namespace QueryStream.JobSubmit.Arguments;

/// <summary>
/// Command lines that are written for Flink. Their options are ours too; but the arguments of a program follow its file without <c>--</c>, and may be
/// written <c>--name value</c>.
/// </summary>
internal static class FlinkArguments
{
    private static readonly string[] Programs = ["run", "info"];

    // Options of these commands that are followed by a value.
    private static readonly string[] WithValue =
    [
        "-c", "--class", "-p", "--parallelism", "-s", "--fromSavepoint", "--from-savepoint", "-m", "--jobmanager", "--coordinator", "-D", "--name",
        "--wait", "--on-interrupt", "--kafka", "--redis", "--format",
    ];

    /// <summary>Rewrites a command line as ours.</summary>
    public static string[] Translate(string[] arguments)
    {
        if (arguments.Length == 0 || !Programs.Contains(arguments[0]) || arguments.Contains("--"))
        {
            return arguments;
        }

        int file = 1;
        while (file < arguments.Length && arguments[file].StartsWith('-'))
        {
            file += WithValue.Contains(arguments[file]) ? 2 : 1;
        }

        string[] settings = file + 1 < arguments.Length ? [.. Settings(arguments[(file + 1)..])] : [];
        return settings.Length == 0 ? arguments : [.. arguments[..(file + 1)], "--", .. settings];
    }

    private static IEnumerable<string> Settings(string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            bool isName = arguments[i].StartsWith("--", StringComparison.Ordinal) && !arguments[i].Contains('=', StringComparison.Ordinal);
            bool hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            yield return isName && hasValue ? $"{arguments[i]}={arguments[++i]}" : arguments[i];
        }
    }
}
