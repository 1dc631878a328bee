using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Files;

/// <summary>Which files a source reads. Checked when the source is added to a job.</summary>
public sealed record FileSourceOptions
{
    /// <summary>
    /// A file; a folder, of which all files are read, also those in folders below; or a pattern with <c>*</c> and <c>?</c> within names and
    /// <c>**</c> for any folders. On the machine of each worker. In folders and patterns, names that begin with <c>.</c> or <c>_</c> are skipped, so
    /// a writer can use such a name and rename the file when it is complete. Files whose names end with <c>.gz</c> are unpacked.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>The interval of looking for new files; null: the source ends with the files that exist when it opens.</summary>
    public TimeSpan? WatchEvery { get; init; }

    /// <summary>
    /// How long a watched file must not change before it is read, since what is written to a file after it was read to its end is never read.
    /// Measured by the worker between two looks at the file, whatever its time of change is; so each file waits at least this long. 0 or more.
    /// </summary>
    public TimeSpan QuietFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A record of more bytes becomes a dead letter (<c>record-too-large</c>). 1 or more.</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>Checks the values.</summary>
    /// <param name="source">The source's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is missing or not allowed.</exception>
    internal FileSourceOptions Validate(string source)
    {
        string? problem =
            string.IsNullOrWhiteSpace(Path) ? "Path is empty; it must be a file, a folder or a pattern"
            : WatchEvery <= TimeSpan.Zero ? $"WatchEvery is {WatchEvery}; it must be more than 0"
            : QuietFor < TimeSpan.Zero ? $"QuietFor is {QuietFor}; it must be 0 or more"
            : MaxRecordBytes < 1 ? $"MaxRecordBytes is {MaxRecordBytes}; it must be 1 or more"
            : null;
        return problem is null ? this : throw new JobDefinitionException($"File source '{source}': {problem}.");
    }
}
