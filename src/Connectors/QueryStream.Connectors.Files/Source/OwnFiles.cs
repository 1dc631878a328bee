using System.Text;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// The files of one subtask, chosen by the hash of their names: an index in the listing would not do, since subtasks list at different times. Used
/// by one thread at a time.
/// </summary>
internal sealed class OwnFiles(FileSourceOptions options, SourceContext context)
{
    /// <summary>The position of a file that was read to its end, even if it grows later.</summary>
    public const long Finished = long.MaxValue - 1;

    private readonly FileListing _listing = new(options.Path);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    // Files that may still be written, as the last listing saw them, and the timestamp of the first listing that saw them so.
    private Dictionary<string, (FoundFile File, long Since)> _unquiet = new(StringComparer.Ordinal);

    /// <summary>How long to wait for the next listing of a folder that is watched.</summary>
    public TimeSpan NextListing => _unquiet.Count > 0 && options.QuietFor < options.WatchEvery ? options.QuietFor : options.WatchEvery!.Value;

    /// <summary>The files that were not there, or not quiet, at the last listing; sorted by name.</summary>
    public IReadOnlyList<OpenFile> FindNew()
    {
        List<OpenFile> files = [];
        Dictionary<string, (FoundFile File, long Since)> unquiet = new(StringComparer.Ordinal);
        long now = context.Time.GetTimestamp();
        foreach (FoundFile file in _listing.List().Where(file => IsOwn(file.Name) && !_known.Contains(file.Name)))
        {
            // Compared with its own last state only: the clock of the file system may be another one.
            long since = _unquiet.TryGetValue(file.Name, out (FoundFile File, long Since) last) && last.File == file ? last.Since : now;
            long behind = context.Restored.GetValueOrDefault(file.Name, -1);
            if (behind >= 0 || options.WatchEvery is null || context.Time.GetElapsedTime(since, now) >= options.QuietFor)
            {
                _known.Add(file.Name);
                files.Add(new OpenFile(file, behind));
            }
            else
            {
                unquiet.Add(file.Name, (file, since));
            }
        }

        _unquiet = unquiet;

        // Files that were read in part and are gone: opening them fails with a dead letter.
        foreach ((string name, long behind) in context.Restored.Where(file => file.Value != Finished && IsOwn(file.Key) && _known.Add(file.Key)))
        {
            files.Add(new OpenFile(_listing.Missing(name), behind));
        }

        return files;
    }

    private bool IsOwn(string name) => StableHash.OfBytes(Encoding.UTF8.GetBytes(name)) % (ulong)context.Parallelism == (ulong)context.Task.Subtask;
}

/// <summary>A file that the source reads.</summary>
/// <param name="found">The file.</param>
/// <param name="behind">The position up to which it was read before a restore; -1 for a new file.</param>
internal sealed class OpenFile(FoundFile found, long behind)
{
    /// <summary>Its name.</summary>
    public string Name => found.Name;

    /// <summary>Its path.</summary>
    public string Path => found.Path;

    /// <summary>The time of its last change.</summary>
    public EventTime Changed { get; } = EventTime.From(found.Changed);

    /// <summary>The position up to which it was read before a restore; -1 for a new file.</summary>
    public long Behind { get; } = behind;
}
