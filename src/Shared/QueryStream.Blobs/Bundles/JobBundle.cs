using System.Globalization;
using System.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs.Bundles;

/// <summary>
/// The list of the files of a job: its assembly and the dependencies that are its own. The hash of this list names the code of the job wherever it
/// travels. The format is canonical, one text for one list, so that equal files have equal hashes; see docs/design/bundles.md.
/// </summary>
public sealed class JobBundle
{
    /// <summary>The maximum size of the list, in bytes.</summary>
    public const int MaxManifestBytes = 1024 * 1024;

    private const string Header = "querystream-bundle 1";
    private const string MainKey = "main ";
    private const int MaxFiles = 4096;

    private readonly byte[] _bytes;

    private JobBundle(string main, BundleFile[] files)
    {
        Main = main;
        Files = files;
        StringBuilder text = new($"{Header}\n{MainKey}{main}\n");
        foreach (BundleFile file in files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file.Hash} {file.Length} {file.Name}\n");
        }

        _bytes = Encoding.UTF8.GetBytes(text.ToString());
        Hash = ContentHash.Of(_bytes);
    }

    /// <summary>The name of the assembly with the job, one of <see cref="Files"/>.</summary>
    public string Main { get; }

    /// <summary>All files, sorted by name.</summary>
    public IReadOnlyList<BundleFile> Files { get; }

    /// <summary>The hash of <see cref="Bytes"/>: the content of a job's reference.</summary>
    public ContentHash Hash { get; }

    /// <summary>The list as it is stored and sent.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The size of all files.</summary>
    public long TotalLength => Files.Sum(file => file.Length);

    /// <summary>Creates a list.</summary>
    /// <param name="main">The name of the assembly with the job.</param>
    /// <param name="files">All files, in any order.</param>
    /// <exception cref="BlobException">A name is not allowed, or appears twice.</exception>
    public static JobBundle Create(string main, IEnumerable<BundleFile> files)
    {
        BundleFile[] sorted = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
        Check(main, sorted);
        return new JobBundle(main, sorted);
    }

    /// <summary>Reads a list that came from elsewhere.</summary>
    /// <exception cref="BlobException">It is none, or a name is not allowed.</exception>
    public static JobBundle Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxManifestBytes)
        {
            throw Malformed($"it has {bytes.Length} bytes, and {MaxManifestBytes} are allowed");
        }

        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        if (lines.Length < 4 || lines[0] != Header || !lines[1].StartsWith(MainKey, StringComparison.Ordinal) || lines[^1].Length > 0)
        {
            throw Malformed($"it must begin with '{Header}' and '{MainKey.Trim()}', and end with a line break");
        }

        JobBundle bundle = Create(lines[1][MainKey.Length..], lines[2..^1].Select(ParseFile));
        return bytes.SequenceEqual(bundle._bytes) ? bundle : throw Malformed("it is not written in the one canonical way");
    }

    private static BundleFile ParseFile(string line)
    {
        string[] parts = line.Split(' ', 3);
        return parts.Length == 3
            && ContentHash.TryParse(parts[0], out ContentHash hash)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? new BundleFile(parts[2], hash, length)
            : throw Malformed($"the line '{line}' is not 'HASH LENGTH NAME'");
    }

    private static void Check(string main, BundleFile[] files)
    {
        if (files.Length is 0 or > MaxFiles)
        {
            throw Malformed($"it has {files.Length} files, and 1 to {MaxFiles} are allowed");
        }

        // In any case of letters, since some file systems know no difference.
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (BundleFile file in files)
        {
            if (BundleNames.Problem(file.Name) is string problem)
            {
                throw Malformed($"the file name '{file.Name}' {problem}");
            }

            if (!names.Add(file.Name))
            {
                throw Malformed($"the file name '{file.Name}' appears twice");
            }
        }

        if (files.FirstOrDefault(file => ParentsOf(file.Name).Any(names.Contains)) is { } nested)
        {
            throw Malformed($"a folder of '{nested.Name}' is a file too");
        }

        if (main.Contains('/', StringComparison.Ordinal) || !files.Any(file => file.Name == main))
        {
            throw Malformed($"its main assembly '{main}' is not one of its files");
        }
    }

    private static IEnumerable<string> ParentsOf(string name)
    {
        for (int slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }

    private static BlobException Malformed(string problem) => new($"The list of a job's files cannot be used: {problem}.");
}
