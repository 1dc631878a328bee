using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs.Bundles;

/// <summary>
/// Lays out the files of bundles in folders that are named by the bundle's hash, to load them from there. A folder gets its name when it is complete.
/// A folder of an earlier process is verified before it is used. Safe on any thread, for different bundles.
/// </summary>
/// <param name="options">Where the folders are, and how large bundles may be.</param>
/// <param name="source">Where files come from.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class BundleFolders(BlobOptions options, IBlobSource source, TimeProvider time, ILogger log)
{
    // Much longer than the time between two calls of DeleteUnused, and so that a worker that is restarted finds what it had.
    private static readonly TimeSpan Unused = TimeSpan.FromDays(1);


    /// <summary>Fetches the list of a bundle.</summary>
    /// <exception cref="BlobException">There is none, or it cannot be used.</exception>
    public async Task<JobBundle> FetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        await CopyAsync(hash, bytes, JobBundle.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        JobBundle bundle = JobBundle.Parse(bytes.ToArray());
        return bundle.TotalLength <= options.MaxJobBytes ? bundle : throw new BlobException(
            $"The files of {bundle.Main} have {bundle.TotalLength} bytes together, and {options.MaxJobBytes} are allowed "
            + $"({BlobOptions.Section}:{nameof(BlobOptions.MaxJobBytes)}).")
        { IsTooLarge = true };
    }

    /// <summary>The folder with the files of a bundle, which are fetched if they are not there yet.</summary>
    /// <exception cref="BlobException">A file is missing, damaged or too large, or cannot be written.</exception>
    public async Task<string> LayOutAsync(JobBundle bundle, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(options.CacheDirectory, bundle.Hash.ToString());
        try
        {
            BlobFiles.CreateDirectory(options.CacheDirectory);
            if (Touch(folder))
            {
                if (await IsIntactAsync(bundle, folder, cancellationToken).ConfigureAwait(false))
                {
                    return folder;
                }

                Log.FolderDamaged(log, folder);
                BlobFiles.Delete(folder);
            }

            string temporary = BlobFiles.NewTemporary(options.CacheDirectory);
            try
            {
                await FillAsync(bundle, temporary, cancellationToken).ConfigureAwait(false);
                await MoveAsync(bundle, temporary, folder, cancellationToken).ConfigureAwait(false);
                return folder;
            }
            finally
            {
                BlobFiles.Delete(temporary);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlobException($"The files of {bundle.Main} cannot be laid out in {folder}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Deletes the folders that no process has used for a day. Code is loaded from them when it is first called, so processes must call this at least
    /// every few hours for what they have loaded: the time of a folder tells others of the machine that it is used.
    /// </summary>
    /// <param name="used">What this process uses.</param>
    /// <exception cref="BlobException">A folder cannot be deleted. Those after it are left too.</exception>
    public void DeleteUnused(IReadOnlySet<ContentHash> used)
    {
        try
        {
            BlobFiles.CreateDirectory(options.CacheDirectory);
            foreach (ContentHash bundle in used)
            {
                _ = Touch(Path.Combine(options.CacheDirectory, bundle.ToString()));
            }

            DateTimeOffset now = time.GetUtcNow();
            BlobFiles.DeleteAbandoned(options.CacheDirectory, now);
            foreach (DirectoryInfo folder in new DirectoryInfo(options.CacheDirectory).EnumerateDirectories())
            {
                if (ContentHash.TryParse(folder.Name, out ContentHash bundle) && !used.Contains(bundle) && now - folder.LastWriteTimeUtc > Unused)
                {
                    // At once, so that nobody finds half of it.
                    string deleted = BlobFiles.NewTemporary(options.CacheDirectory);
                    try
                    {
                        folder.MoveTo(deleted);
                    }
                    catch (DirectoryNotFoundException)
                    {
                        // Another process was faster.
                        continue;
                    }

                    BlobFiles.Delete(deleted);
                    Log.FolderDeleted(log, bundle);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlobException($"The code of jobs in {options.CacheDirectory} that is no longer used cannot be deleted: {e.Message}", e);
        }
    }

    // False: there is no such folder.
    private bool Touch(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        Directory.SetLastWriteTimeUtc(folder, time.GetUtcNow().UtcDateTime);
        return true;
    }

    private static async Task<bool> IsIntactAsync(JobBundle bundle, string folder, CancellationToken cancellationToken)
    {
        foreach (BundleFile file in bundle.Files)
        {
            FileInfo found = new(PathOf(folder, file));
            if (!found.Exists
                || found.Length != file.Length
                || await ContentHash.OfFileAsync(found.FullName, cancellationToken).ConfigureAwait(false) != file.Hash)
            {
                return false;
            }
        }

        // A file too many would be found by the loader of assemblies.
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count() == bundle.Files.Count;
    }

    // Names were checked when the list was read; this is the last line of defence before a path is used.
    private static string PathOf(string folder, BundleFile file)
    {
        string path = Path.GetFullPath(Path.Combine(folder, file.Name));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new BlobException($"The file name '{file.Name}' leaves the folder of the job.");
    }

    private static async Task MoveAsync(JobBundle bundle, string temporary, string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.Move(temporary, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process of this machine was faster.
            if (!await IsIntactAsync(bundle, folder, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    private async Task FillAsync(JobBundle bundle, string folder, CancellationToken cancellationToken)
    {
        BlobFiles.CreateDirectory(folder);
        foreach (BundleFile file in bundle.Files)
        {
            string path = PathOf(folder, file);
            BlobFiles.CreateDirectory(Path.GetDirectoryName(path)!);
            FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
            {
                await CopyAsync(file.Hash, stream, file.Length, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CopyAsync(ContentHash hash, Stream to, long maxLength, CancellationToken cancellationToken)
    {
        Stream from = await source.OpenAsync(hash, cancellationToken).ConfigureAwait(false);
        await using (from.ConfigureAwait(false))
        {
            ContentHash actual = await VerifiedCopy.RunAsync(from, to, maxLength, cancellationToken).ConfigureAwait(false);
            if (actual != hash)
            {
                throw new BlobException($"The bytes received as blob {hash} have the hash {actual}: they were cut off or changed on the way.");
            }
        }
    }
}
