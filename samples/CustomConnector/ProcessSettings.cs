using QueryStream.Streams.Settings;

namespace QueryStream.Samples.CustomConnector;

/// <summary>What can be set when the job is started.</summary>
public sealed class ProcessSettings
{
    /// <summary>The source.</summary>
    [Setting("from", "a command of the shell, whose lines are read")]
    public string From { get; init; } = "echo hello; echo world";

    /// <summary>The sink.</summary>
    [Setting("to", "a command of the shell, that lines are written to")]
    public string To { get; init; } = "cat";
}
