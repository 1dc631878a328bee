using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Blobs;

/// <summary>
/// Blobs in a directory, each in a file that is named by its hash. A blob is written to a temporary file, flushed and renamed, so a file with a hash
/// for a name is complete; it is verified all the same whenever it is opened, since disks fail. Several processes may share the directory. Safe on
/// any thread.
/// </summary>
public sealed partial class BlobStore : IBlobSource
{
    private readonly BlobOptions _options;
    private readonly ILogger _log;
    private readonly IBlobCopies? _copies;
    private readonly TimeProvider _time;

    /// <summary>Opens a store, and creates its directory.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="copies">Where else blobs are kept; null: nowhere.</param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    /// <exception cref="BlobException">The directory cannot be used.</exception>
    public BlobStore(BlobOptions options, TimeProvider time, ILogger<BlobStore> log, IBlobCopies? copies = null)
    {
        _copies = copies;
        options.Validate();
        _options = options;
        _time = time;
        _log = log;
        try
        {
            BlobFiles.CreateDirectory(options.Directory);
            BlobFiles.DeleteAbandoned(options.Directory, time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable("be used", e);
        }
    }

    /// <summary>Its options.</summary>
    public BlobOptions Options => _options;

    /// <summary>Creates a folder for files on their way into the store, on its disk. Deleted with the result, or a day after a crash.</summary>
    /// <exception cref="BlobException">It cannot be created.</exception>
    public TemporaryFolder CreateFolder()
    {
        try
        {
            string path = BlobFiles.NewTemporary(_options.Directory);
            BlobFiles.CreateDirectory(path);
            return new TemporaryFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable("create a folder", e);
        }
    }

    /// <summary>Stores a blob, unless it is stored already.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="content">Its bytes, which are read to their end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlobException">The bytes have another hash, there are too many, or they cannot be stored.</exception>
    public Task PutAsync(ContentHash hash, Stream content, CancellationToken cancellationToken) =>
        PutAsync(hash, content, _copies, cancellationToken);

    private async Task PutAsync(ContentHash hash, Stream content, IBlobCopies? copies, CancellationToken cancellationToken)
    {
        string temporary = BlobFiles.NewTemporary(_options.Directory);
        try
        {
            FileStream file = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                ContentHash actual = await CopyAsync(hash, content, file, cancellationToken).ConfigureAwait(false);
                if (actual != hash)
                {
                    throw new BlobException($"The bytes sent as blob {hash} have the hash {actual}: they were cut off or changed. Send them again.");
                }

                long bytes = file.Length;
                await CommitAsync(hash, file, copies, cancellationToken).ConfigureAwait(false);
                Log.Stored(_log, hash, bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"store blob {hash}", e);
        }
        finally
        {
            BlobFiles.Delete(temporary);
        }
    }

    // The copy first: a blob that is here is not sent again.
    private async Task CommitAsync(ContentHash hash, FileStream file, IBlobCopies? copies, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CopyAsync(hash, file, copies, cancellationToken).ConfigureAwait(false);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, _time.GetUtcNow().UtcDateTime);
            BlobFiles.Commit(file, PathOf(hash));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Opens a blob and verifies it. It counts as used from now on, see <see cref="DeleteUnusedAsync"/>.</summary>
    /// <returns>Its bytes from the first one; null if there is no such blob. A damaged one is deleted with a warning, so that it can be sent
    /// again.</returns>
    /// <exception cref="BlobException">It cannot be read.</exception>
    public async Task<Stream?> FindAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        if (await FindHereAsync(hash, cancellationToken).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        if (_copies is null || await _copies.ReadAsync(hash, cancellationToken).ConfigureAwait(false) is not { } bytes)
        {
            return null;
        }

        // With its copy, which may be deleted meanwhile.
        await PutAsync(hash, new MemoryStream(bytes), _copies, cancellationToken).ConfigureAwait(false);
        return await FindHereAsync(hash, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream?> FindHereAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        string path = PathOf(hash);
        FileStream? file = null;
        try
        {
            if (!Touch(hash))
            {
                return null;
            }

            file = BlobFiles.OpenRead(path);
            ContentHash actual = await ContentHash.OfAsync(file, cancellationToken).ConfigureAwait(false);
            if (actual != hash)
            {
                Log.Damaged(_log, path, actual);
                await file.DisposeAsync().ConfigureAwait(false);
                BlobFiles.Delete(path);
                return null;
            }

            file.Position = 0;
            return file;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await (file?.DisposeAsync() ?? default).ConfigureAwait(false);
            throw Unusable($"read blob {hash}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ContentHash hash, CancellationToken cancellationToken) =>
        await FindAsync(hash, cancellationToken).ConfigureAwait(false)
        ?? throw new BlobException($"There is no blob {hash}: submit the job again, which sends its files again.");

    private static async Task CopyAsync(ContentHash hash, FileStream file, IBlobCopies? copies, CancellationToken cancellationToken)
    {
        if (copies is null)
        {
            return;
        }

        byte[] bytes = new byte[file.Length];
        file.Position = 0;
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        await copies.WriteAsync(hash, bytes, cancellationToken).ConfigureAwait(false);
    }

    private string PathOf(ContentHash hash) => Path.Combine(_options.Directory, hash.ToString());

    private async Task<ContentHash> CopyAsync(ContentHash hash, Stream content, FileStream file, CancellationToken cancellationToken)
    {
        long free = _options.MaxStoreBytes - StoredBytes();
        bool isFull = free < _options.MaxBlobBytes;
        try
        {
            return await VerifiedCopy.RunAsync(content, file, isFull ? free : _options.MaxBlobBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobException e) when (e.IsTooLarge)
        {
            throw new BlobException(
                isFull
                    ? $"Blob {hash} has no room in the store, which may hold {_options.MaxStoreBytes} bytes: "
                        + $"files that no job needs are deleted after {Durations.Format(_options.DeleteUnusedAfter)} "
                        + $"({BlobOptions.Section}:{nameof(BlobOptions.DeleteUnusedAfter)}). Wait for it, or raise "
                        + $"{BlobOptions.Section}:{nameof(BlobOptions.MaxStoreBytes)}."
                    : $"Blob {hash} is larger than {_options.MaxBlobBytes} bytes, the limit of one file "
                        + $"({BlobOptions.Section}:{nameof(BlobOptions.MaxBlobBytes)}).",
                e)
            { IsTooLarge = true };
        }
    }

    private long StoredBytes() => new DirectoryInfo(_options.Directory).EnumerateFiles().Sum(file => file.Length);

    private BlobException Unusable(string what, Exception cause) =>
        new($"The store of blobs in {_options.Directory} cannot {what}: {cause.Message}", cause);
}
