using QueryStream.Core.Errors;
using QueryStream.JobAssemblies;

namespace QueryStream.Blobs.Bundles;

/// <summary>The bundle of a job on this machine, with the files to send.</summary>
/// <param name="Bundle">The list of its files.</param>
/// <param name="Paths">The path of each content.</param>
public sealed record LocalBundle(JobBundle Bundle, IReadOnlyDictionary<ContentHash, string> Paths)
{
    /// <summary>Collects the files of a job: its assembly, and the dependencies that workers do not have anyway.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobAssemblyException">The assembly or its .deps.json cannot be read.</exception>
    /// <exception cref="BlobException">A file cannot be read, or its name is not allowed.</exception>
    public static async Task<LocalBundle> CollectAsync(string assembly, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(assembly);
        string folder = Path.GetDirectoryName(full)!;
        List<BundleFile> files = [];
        Dictionary<ContentHash, string> paths = [];
        foreach (string name in JobFiles.Of(full))
        {
            string path = Path.Combine(folder, name);
            try
            {
                ContentHash hash = await ContentHash.OfFileAsync(path, cancellationToken).ConfigureAwait(false);
                files.Add(new BundleFile(name, hash, new FileInfo(path).Length));
                paths[hash] = path;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BlobException($"The file '{path}' of the job cannot be read: {e.Message}", e);
            }
        }

        return new LocalBundle(JobBundle.Create(Path.GetFileName(full), files), paths);
    }
}
