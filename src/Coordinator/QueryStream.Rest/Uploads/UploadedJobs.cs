using QueryStream.Blobs;
using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;
using QueryStream.JobAssemblies;

namespace QueryStream.Rest.Uploads;

/// <summary>The assembly with the jobs among uploaded files.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Classes">The full names of the classes that are jobs.</param>
internal sealed record UploadedJobs(string Path, IReadOnlyList<string> Classes)
{
    private const int MaxNamed = 5;
    private const string Remedy = "Upload the .dll of the job, or a zip of the folder that dotnet publish -c Release of its project fills.";

    /// <summary>Finds it in a folder. Of several, it is the one that was published: the only one with a <c>.deps.json</c>.</summary>
    /// <exception cref="RestException">There is none, or several.</exception>
    public static UploadedJobs Find(string folder)
    {
        string root = RootOf(folder);
        List<UploadedJobs> found = [];
        List<string> others = [];
        foreach (string path in Directory.GetFiles(root, "*.dll").Order(StringComparer.Ordinal))
        {
            try
            {
                IReadOnlyList<string> classes = JobClasses.Of(path);
                if (classes.Count > 0)
                {
                    found.Add(new UploadedJobs(path, classes));
                }
            }
            catch (JobAssemblyException e)
            {
                // A native library beside the job, or the reason why there is none.
                others.Add(e.Message);
            }
        }

        UploadedJobs[] published = [.. found.Where(one => File.Exists(System.IO.Path.ChangeExtension(one.Path, ".deps.json")))];
        return published.Length == 1 ? published[0]
            : found.Count == 1 ? found[0]
            : found.Count == 0 ? throw new RestException(400, Shorten(root, $"{None(others)} {Remedy}"), ErrorCode.JobAssembly)
            : throw new RestException(400, $"There are {found.Count} assemblies with jobs: {NamesOf(found)}. {Remedy}", ErrorCode.JobAssembly);
    }

    /// <summary>Puts the files of the jobs into the store.</summary>
    /// <returns>The hash of their bundle.</returns>
    /// <exception cref="RestException">Their list cannot be used.</exception>
    /// <exception cref="BlobException">They are too large, or cannot be stored.</exception>
    public async Task<ContentHash> StoreAsync(BlobStore store, CancellationToken cancellationToken)
    {
        LocalBundle local = await CollectAsync(cancellationToken).ConfigureAwait(false);
        foreach ((ContentHash hash, string path) in local.Paths)
        {
            FileStream file = File.OpenRead(path);
            await using (file.ConfigureAwait(false))
            {
                await store.PutAsync(hash, file, cancellationToken).ConfigureAwait(false);
            }
        }

        using MemoryStream list = new(local.Bundle.Bytes.ToArray());
        await store.PutAsync(local.Bundle.Hash, list, cancellationToken).ConfigureAwait(false);
        return local.Bundle.Hash;
    }

    private async Task<LocalBundle> CollectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LocalBundle.CollectAsync(Path, cancellationToken).ConfigureAwait(false);
        }
        catch (QueryStreamException e) when (e is JobAssemblyException or BlobException)
        {
            throw new RestException(400, Shorten(System.IO.Path.GetDirectoryName(Path)!, e.Message), e.Code);
        }
    }

    // A zip may hold the folder or what is in it.
    private static string RootOf(string folder)
    {
        string[] entries = Directory.GetFileSystemEntries(folder);
        return entries.Length == 1 && Directory.Exists(entries[0]) ? entries[0] : folder;
    }

    private static string NamesOf(IEnumerable<UploadedJobs> found) =>
        string.Join(", ", found.Take(MaxNamed).Select(one => System.IO.Path.GetFileName(one.Path)));

    private static string None(List<string> others) => others.Count > 0
        ? others[0]
        : "No assembly at the top of the upload has a job: none of their classes implements IStreamJob (and is neither abstract nor generic).";

    // Where the files are on this machine means nothing to the client, and is none of its business.
    private static string Shorten(string folder, string message) =>
        message.Replace(folder + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
}
