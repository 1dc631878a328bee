namespace QueryStream.JobSubmit.Arguments;

/// <summary>The names of the program: each other one keeps the command line of the tool that users know by it.</summary>
internal enum ProgramName
{
    /// <summary>Its own.</summary>
    QueryStream,

    /// <summary>Flink's command line.</summary>
    Flink,

    /// <summary>Petabridge.Cmd, which shows and changes clusters of Akka.NET.</summary>
    Pbm,
}

/// <summary>The name by which the program was called.</summary>
internal static class CommandName
{
    /// <summary>The environment variable with that name, set by the scripts that start the program: it cannot see through links itself.</summary>
    public const string Variable = "QUERYSTREAM_COMMAND";

    /// <summary>The name: so says the script, or the executable file has it.</summary>
    public static ProgramName Current => Parse(Environment.GetEnvironmentVariable(Variable), Environment.ProcessPath);

    /// <summary>The name by which it was called; any that is unknown is its own.</summary>
    /// <param name="variable">The value of the variable, which wins; null: it is not set.</param>
    /// <param name="path">The path of the executable file.</param>
    public static ProgramName Parse(string? variable, string? path) =>
        (string.IsNullOrEmpty(variable) ? Path.GetFileNameWithoutExtension(path) : variable) switch
        {
            "flink" => ProgramName.Flink,
            "pbm" => ProgramName.Pbm,
            _ => ProgramName.QueryStream,
        };
}
