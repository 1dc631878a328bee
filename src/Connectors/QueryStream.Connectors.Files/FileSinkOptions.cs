using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Files;

/// <summary>The options of a file sink. Validated when the sink is added to a job.</summary>
public sealed record FileSinkOptions
{
    /// <summary>The folder, on the machine of each worker. Created if it does not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>The prefix of file names. It must not begin with a dot or underscore.</summary>
    public string Prefix { get; init; } = "part";

    /// <summary>The size in bytes at which a file is complete, 1 or more.</summary>
    public long RollBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>The time after its first row at which a file is complete, more than 0; null: only size and checkpoints complete files.</summary>
    public TimeSpan? RollEvery { get; init; }

    /// <summary>Checks the values.</summary>
    /// <param name="sink">The sink's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is missing or not allowed.</exception>
    internal FileSinkOptions Validate(string sink)
    {
        string? problem =
            string.IsNullOrWhiteSpace(Folder) ? "Folder is empty"
            : Prefix.Length == 0 || Prefix[0] is '.' or '_' || Prefix.Contains('/', StringComparison.Ordinal)
                ? $"Prefix is '{Prefix}'; it must be the beginning of a file's name, without a dot or underscore at its start"
            : RollBytes < 1 ? $"RollBytes is {RollBytes}; it must be 1 or more"
            : RollEvery <= TimeSpan.Zero ? $"RollEvery is {Durations.Format(RollEvery.Value)}; it must be more than 0"
            : null;
        return problem is null ? this : throw new JobDefinitionException($"File sink '{sink}': {problem}.");
    }
}
