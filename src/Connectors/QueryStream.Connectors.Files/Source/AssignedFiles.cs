using System.Text;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// The files of one subtask, assigned by the hash of their names. An index in the listing would not work, since subtasks list at different times.
/// Used by one thread at a time.
/// </summary>
internal sealed class AssignedFiles(FileSourceOptions options, SourceContext context)
{
    /// <summary>The position of a file that was read to its end. It stays finished even if it grows later.</summary>
    public const long Finished = long.MaxValue - 1;

    private readonly FileListing _listing = new(options.Path);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    // Files that may still be written to, in the state of the last listing, with the timestamp of the first listing that saw this state.
    private Dictionary<string, (FoundFile File, long Since)> _changing = new(StringComparer.Ordinal);

    /// <summary>The time to wait until the next listing of a watched folder.</summary>
    public TimeSpan NextListing => _changing.Count > 0 && options.QuietFor < options.WatchEvery ? options.QuietFor : options.WatchEvery!.Value;

    /// <summary>Lists the files that are new, or quiet since the last listing, sorted by name.</summary>
    public IReadOnlyList<OpenFile> FindNew()
    {
        List<OpenFile> files = [];
        Dictionary<string, (FoundFile File, long Since)> changing = new(StringComparer.Ordinal);
        long now = context.Time.GetTimestamp();
        foreach (FoundFile file in _listing.List().Where(file => IsOwn(file.Name) && !_known.Contains(file.Name)))
        {
            // Compared only with the file's own last state, since the file system may have another clock.
            long since = _changing.TryGetValue(file.Name, out (FoundFile File, long Since) last) && last.File == file ? last.Since : now;
            long restored = context.Restored.GetValueOrDefault(file.Name, -1);
            if (restored >= 0 || options.WatchEvery is null || context.Time.GetElapsedTime(since, now) >= options.QuietFor)
            {
                _known.Add(file.Name);
                files.Add(new OpenFile(file, restored));
            }
            else
            {
                changing.Add(file.Name, (file, since));
            }
        }

        _changing = changing;

        // Partly read files that no longer exist: opening them fails, which creates a dead letter.
        foreach ((string name, long restored) in context.Restored.Where(file => file.Value != Finished && IsOwn(file.Key) && _known.Add(file.Key)))
        {
            files.Add(new OpenFile(_listing.Missing(name), restored));
        }

        return files;
    }

    private bool IsOwn(string name) => StableHash.OfBytes(Encoding.UTF8.GetBytes(name)) % (ulong)context.Parallelism == (ulong)context.Task.Subtask;
}

/// <summary>A file that the source reads.</summary>
/// <param name="found">The file.</param>
/// <param name="restored">The position up to which it was read before a restore; -1 for a new file.</param>
internal sealed class OpenFile(FoundFile found, long restored)
{
    /// <summary>Its name.</summary>
    public string Name => found.Name;

    /// <summary>Its path.</summary>
    public string Path => found.Path;

    /// <summary>Its modification time.</summary>
    public EventTime Changed { get; } = EventTime.From(found.Changed);

    /// <summary>The position up to which it was read before a restore; -1 for a new file.</summary>
    public long RestoredPosition { get; } = restored;
}
