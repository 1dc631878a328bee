using QueryStream.Blobs.Bundles;
using QueryStream.Core.Errors;

namespace QueryStream.Blobs;

/// <summary>
/// Which blobs are used, and the deletion of the others. When a blob was used last is the time of its file, so processes that share a directory see
/// each other's use.
/// </summary>
public sealed partial class BlobStore
{
    // One change at a time of what is kept: without it, the copy that a writer has just made could fall to the deletion of the blob before.
    private readonly SemaphoreSlim _changing = new(1, 1);

    // Between the last look at a file's time and its deletion nobody may touch it: who touches a blob relies on it.
    private readonly Lock _times = new();

    /// <summary>Counts a bundle and its files as used now.</summary>
    /// <returns>What is to be kept for jobs of this bundle: its list and its files, whether they are here or not.</returns>
    /// <exception cref="BlobException">The list cannot be read, or the time of a file not be set.</exception>
    public async Task<IReadOnlyList<ContentHash>> UseAsync(ContentHash bundle, CancellationToken cancellationToken)
    {
        try
        {
            if (await ReadBundleAsync(bundle, cancellationToken).ConfigureAwait(false) is not { } list)
            {
                return [bundle];
            }

            foreach (BundleFile file in list.Files)
            {
                _ = Touch(file.Hash);
            }

            return [bundle, .. list.Files.Select(file => file.Hash)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable("mark used blobs", e);
        }
    }

    /// <summary>
    /// Deletes the blobs that nobody has sent, read or asked for since <see cref="BlobOptions.DeleteUnusedAfter"/>, here and where copies are kept.
    /// A copy without a file here counts as unused: the caller must have led for so long that each use would have brought it here.
    /// </summary>
    /// <param name="needed">What is kept in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryStreamException">One cannot be deleted. Those after it are left too.</exception>
    public async Task DeleteUnusedAsync(IReadOnlySet<ContentHash> needed, CancellationToken cancellationToken)
    {
        try
        {
            BlobFiles.DeleteAbandoned(_options.Directory, _time.GetUtcNow());
            HashSet<ContentHash> all = _copies is null ? [] : [.. await _copies.ListAsync(cancellationToken).ConfigureAwait(false)];
            foreach (string path in Directory.EnumerateFiles(_options.Directory))
            {
                if (ContentHash.TryParse(Path.GetFileName(path), out ContentHash hash))
                {
                    all.Add(hash);
                }
            }

            int deleted = 0;
            foreach (ContentHash hash in all.Where(hash => !needed.Contains(hash)))
            {
                deleted += await TryDeleteAsync(hash, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (deleted > 0)
            {
                Log.UnusedDeleted(_log, deleted, _options.Directory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable("delete unused blobs", e);
        }
    }

    private async Task<JobBundle?> ReadBundleAsync(ContentHash bundle, CancellationToken cancellationToken)
    {
        if (await FindAsync(bundle, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > JobBundle.MaxManifestBytes)
            {
                return null;
            }

            byte[] bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            try
            {
                return JobBundle.Parse(bytes);
            }
            catch (BlobException)
            {
                // No job can be loaded from it, as who tries learns.
                return null;
            }
        }
    }

    // False: there is no such file.
    private bool Touch(ContentHash hash)
    {
        string path = PathOf(hash);
        lock (_times)
        {
            try
            {
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
                return true;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }
    }

    private async Task<bool> TryDeleteAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            FileInfo file = new(PathOf(hash));
            lock (_times)
            {
                if (file.Exists && file.LastWriteTimeUtc + _options.DeleteUnusedAfter >= _time.GetUtcNow().UtcDateTime)
                {
                    return false;
                }

                file.Delete();
            }

            await (_copies?.DeleteAsync(hash, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }
}
