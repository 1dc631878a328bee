namespace QueryStream.JobSubmit.Arguments;

/// <summary>The name by which the program was called.</summary>
internal static class CommandName
{
    /// <summary>The environment variable with that name, set by the scripts that start the program: it cannot see through links itself.</summary>
    public const string Variable = "QUERYSTREAM_COMMAND";

    private const string Flink = "flink";

    /// <summary>Whether it was called <c>flink</c>: so says the script, or the executable file has that name.</summary>
    public static bool IsFlink => IsFlinkName(Environment.GetEnvironmentVariable(Variable), Environment.ProcessPath);

    /// <summary>Whether it was called <c>flink</c>.</summary>
    /// <param name="variable">The value of the variable, which wins; null: it is not set.</param>
    /// <param name="path">The path of the executable file.</param>
    public static bool IsFlinkName(string? variable, string? path) =>
        (string.IsNullOrEmpty(variable) ? Path.GetFileNameWithoutExtension(path) : variable) == Flink;
}
