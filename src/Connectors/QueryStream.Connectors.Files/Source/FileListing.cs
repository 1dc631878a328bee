using System.Text;
using System.Text.RegularExpressions;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Lists the files of a source. Thread-safe.</summary>
internal sealed class FileListing
{
    private static readonly char[] Wildcards = ['*', '?'];

    private readonly string _path;
    private readonly string _root;
    private readonly Regex? _pattern;

    /// <summary>Creates a listing of a file, a folder or a pattern.</summary>
    public FileListing(string path)
    {
        _path = path;
        string full = Path.GetFullPath(path);
        int wildcard = full.IndexOfAny(Wildcards);
        if (wildcard < 0)
        {
            _root = full;
            return;
        }

        int end = full.LastIndexOf(Path.DirectorySeparatorChar, wildcard);
        _root = end == 0 ? full[..1] : full[..end];
        _pattern = new Regex(ToRegex(full[(end + 1)..]), RegexOptions.CultureInvariant);
    }

    /// <summary>The files that exist now, sorted by name.</summary>
    /// <exception cref="ServiceRefusedException">The file or folder does not exist, or cannot be read.</exception>
    public IReadOnlyList<FoundFile> List()
    {
        try
        {
            if (_pattern is null && File.Exists(_root))
            {
                return [Found(Path.GetFileName(_root), new FileInfo(_root))];
            }

            if (!Directory.Exists(_root))
            {
                throw new ServiceRefusedException(
                    "File", $"There is no file or folder '{_root}'{(_pattern is null ? "" : $", the root of the pattern '{_path}'")}.");
            }

            List<FoundFile> files = [];
            DirectoryInfo root = new(_root);
            Collect(root, "", [RealPathOf(root)], files);
            files.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceRefusedException("File", $"The files of '{_path}' cannot be listed: {e.Message}", e);
        }
    }

    /// <summary>A file of the folder that no longer exists.</summary>
    public FoundFile Missing(string name) => Found(name, new FileInfo(Path.Combine(_root, name)));

    private static bool IsHidden(string name) => name[0] is '.' or '_';

    private static FoundFile Found(string name, FileInfo file) => new(name, file.FullName, file.LastWriteTimeUtc, file.Exists ? file.Length : 0);

    private static string ToRegex(string pattern)
    {
        StringBuilder regex = new("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            if (string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0)
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else
            {
                regex.Append(pattern[i] switch
                {
                    '*' when i + 1 < pattern.Length && pattern[i + 1] == '*' => ".*",
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    char other => Regex.Escape(other.ToString()),
                });
                i += pattern[i] == '*' && i + 1 < pattern.Length && pattern[i + 1] == '*' ? 1 : 0;
            }
        }

        return regex.Append('$').ToString();
    }

    // The target of a symbolic link, or the folder's own path.
    private static string RealPathOf(DirectoryInfo folder) => folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;

    private void CollectIfThere(DirectoryInfo folder, string prefix, List<string> above, List<FoundFile> files)
    {
        try
        {
            Collect(folder, prefix, above, files);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted after its parent was listed.
        }
    }

    // above: the real paths of the folder and its ancestors. A link to one of them would be a cycle.
    private void Collect(DirectoryInfo folder, string prefix, List<string> above, List<FoundFile> files)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().Where(entry => !IsHidden(entry.Name)))
        {
            string name = prefix + entry.Name;
            if (entry is DirectoryInfo inner)
            {
                string path = inner.LinkTarget is null ? Path.Combine(above[^1], inner.Name) : RealPathOf(inner);
                if (!above.Contains(path))
                {
                    CollectIfThere(inner, $"{name}/", [.. above, path], files);
                }
            }
            else if (_pattern?.IsMatch(name) ?? true)
            {
                files.Add(Found(name, (FileInfo)entry));
            }
        }
    }
}

/// <summary>A file of a source.</summary>
/// <param name="Name">Its path relative to the root, with slashes: the name of its split.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Changed">Its modification time.</param>
/// <param name="Length">Its length in bytes.</param>
internal sealed record FoundFile(string Name, string Path, DateTimeOffset Changed, long Length);
