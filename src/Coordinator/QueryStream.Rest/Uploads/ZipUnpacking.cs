using System.IO.Compression;
using QueryStream.Blobs;
using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;

namespace QueryStream.Rest.Uploads;

/// <summary>Unpacks a zip that comes from a client: nothing leaves the folder, and nothing grows beyond the limits.</summary>
internal static class ZipUnpacking
{
    private const int MaxEntries = 4096;
    private const long MaxDirectoryBytes = 8 * 1024 * 1024;
    private const int MaxShown = 100;

    // The type of a file in the upper half of the attributes, as Unix has it; 0 where the zip was made elsewhere.
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Unpacks a zip.</summary>
    /// <param name="zip">The path of the zip.</param>
    /// <param name="folder">The folder to fill, which is empty.</param>
    /// <param name="limits">How large one file, and all files together, may be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RestException">The zip is broken, has too many entries, or one that is not allowed.</exception>
    /// <exception cref="BlobException">A file, or all together, is too large, or cannot be stored.</exception>
    public static async Task RunAsync(string zip, string folder, BlobOptions limits, CancellationToken cancellationToken)
    {
        try
        {
            using LimitedStream file = new(File.OpenRead(zip), MaxDirectoryBytes);
            using ZipArchive archive = new(file, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > MaxEntries)
            {
                throw Refused($"It has {archive.Entries.Count} entries, and {MaxEntries} are allowed");
            }

            file.Lift();
            HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
            long left = limits.MaxJobBytes;
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                string name = NameOf(entry);
                if (!names.Add(name))
                {
                    throw Refused($"The name {Show(name)} appears twice, perhaps in other case");
                }

                left -= await UnpackAsync(entry, Path.Combine(folder, name), Math.Min(left, limits.MaxBlobBytes), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            throw Refused($"It is broken, or of a kind that is not known: {e.Message}");
        }
    }

    private static async Task<long> UnpackAsync(ZipArchiveEntry entry, string path, long limit, CancellationToken cancellationToken)
    {
        if (entry.FullName.EndsWith('/'))
        {
            return 0;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException)
        {
            throw Refused($"A folder of {Show(entry.FullName)} is a file too");
        }

        Stream content = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            return await UploadCopy.RunAsync(content, path, limit, $"The entry {Show(entry.FullName)}, unpacked,", cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static string NameOf(ZipArchiveEntry entry)
    {
        string name = entry.FullName.EndsWith('/') ? entry.FullName[..^1] : entry.FullName;
        if (BundleNames.Problem(name) is string problem)
        {
            throw Refused($"The name {Show(name)} {problem}");
        }

        return ((entry.ExternalAttributes >> 16) & TypeMask) is 0 or RegularFile or Folder
            ? name
            : throw Refused($"The entry {Show(name)} is a link or another special file");
    }

    private static string Show(string name) => $"'{(name.Length > MaxShown ? $"{name[..MaxShown]}…" : name)}'";

    private static RestException Refused(string problem) => new(
        400, $"The zip cannot be used. {problem}. Make a zip of the folder that dotnet publish -c Release fills, without links.");
}
