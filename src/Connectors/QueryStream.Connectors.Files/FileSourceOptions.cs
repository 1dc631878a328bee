using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Files;

/// <summary>The options of a file source. Validated when the source is added to a job.</summary>
public sealed record FileSourceOptions
{
    /// <summary>
    /// A file, a folder (with its subfolders), or a pattern with <c>*</c> and <c>?</c> within names and <c>**</c> for any folders, on the machine
    /// of each worker. In folders and patterns, names that begin with <c>.</c> or <c>_</c> are skipped, so a writer can use such a name and rename
    /// the file when it is complete. Files whose names end with <c>.gz</c> are decompressed.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>The interval of listing new files, more than 0; null: the source reads the files that exist when it opens, and ends.</summary>
    public TimeSpan? WatchEvery { get; init; }

    /// <summary>
    /// How long a watched file must not change before it is read, 0 or more. Data appended to a file after it was read to its end is never read. The
    /// worker's clock measures the time between two listings, whatever the file's modification time is, so each file waits at least this long.
    /// </summary>
    public TimeSpan QuietFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The maximum size of a record in bytes, 1 or more. Larger records become dead letters (<c>record-too-large</c>).</summary>
    public int MaxRecordBytes { get; init; } = 1024 * 1024;

    /// <summary>Checks the values.</summary>
    /// <param name="source">The source's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is missing or not allowed.</exception>
    internal FileSourceOptions Validate(string source)
    {
        string? problem =
            string.IsNullOrWhiteSpace(Path) ? "Path is empty; it must be a file, a folder or a pattern"
            : WatchEvery <= TimeSpan.Zero ? $"WatchEvery is {Durations.Format(WatchEvery.Value)}; it must be more than 0"
            : QuietFor < TimeSpan.Zero ? $"QuietFor is {Durations.Format(QuietFor)}; it must be 0 or more"
            : MaxRecordBytes < 1 ? $"MaxRecordBytes is {MaxRecordBytes}; it must be 1 or more"
            : null;
        return problem is null ? this : throw new JobDefinitionException($"File source '{source}': {problem}.");
    }
}
