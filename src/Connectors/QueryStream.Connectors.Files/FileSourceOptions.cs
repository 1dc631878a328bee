using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Files;

/// <summary>Which files a source reads. Checked when the source is added to a job.</summary>
public sealed record FileSourceOptions
{
    /// <summary>
    /// A file; a folder, of which all files are read, those in folders below too; or a pattern with <c>*</c> and <c>?</c> within names and
    /// <c>**</c> for any folders. On the machine of each worker. Names that begin with <c>.</c> or <c>_</c> are passed over in folders and by
    /// patterns, so that who writes a file can do it under such a name and rename it when it is complete. Files that end with <c>.gz</c> are unpacked.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>How often to look for new files; null: not at all, the source ends with the files that are there when it is opened.</summary>
    public TimeSpan? WatchEvery { get; init; }

    /// <summary>
    /// How long a file must not have changed before it is read, of a source that watches: what is written to a file after it was read to its end is never read.
    /// </summary>
    public TimeSpan QuietFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A longer record becomes a dead letter (<c>record-too-large</c>).</summary>
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
