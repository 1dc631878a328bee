using System.Text;
using QueryStream.Core.Keys;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// The files of one subtask: those whose names' hashes say so, and not every n-th of a list, since subtasks look at different moments and a list may
/// have grown in between.
/// </summary>
internal sealed class OwnFiles(FileSourceOptions options, SourceContext context)
{
    /// <summary>The position of a file that was read to its end, however it grows later.</summary>
    public const long Finished = long.MaxValue - 1;

    private readonly FileListing _listing = new(options.Path);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Files that were not there, or not complete, at the last look; by their names.</summary>
    public List<OpenFile> FindNew()
    {
        List<OpenFile> files = [];
        foreach (FoundFile file in _listing.List().Where(file => IsOwn(file.Name) && !_known.Contains(file.Name)))
        {
            long behind = context.Restored.GetValueOrDefault(file.Name, -1);
            if (behind >= 0 || IsQuiet(file))
            {
                _known.Add(file.Name);
                files.Add(new OpenFile(file, behind));
            }
        }

        // What was read in part and is gone: who tries to open it tells of it.
        foreach ((string name, long behind) in context.Restored.Where(file => file.Value != Finished && IsOwn(file.Key) && _known.Add(file.Key)))
        {
            files.Add(new OpenFile(_listing.Missing(name), behind));
        }

        return files;
    }

    private bool IsOwn(string name) => StableHash.OfBytes(Encoding.UTF8.GetBytes(name)) % (ulong)context.Parallelism == (ulong)context.Task.Subtask;

    private bool IsQuiet(FoundFile file) => options.WatchEvery is null || context.Time.GetUtcNow() - file.Changed >= options.QuietFor;
}
