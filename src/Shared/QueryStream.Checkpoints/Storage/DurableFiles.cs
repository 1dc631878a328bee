using Microsoft.Win32.SafeHandles;
using QueryStream.Core.Files;

namespace QueryStream.Checkpoints.Storage;

/// <summary>The machine's file system. Safe on any thread.</summary>
public sealed class DurableFiles : IDurableFiles
{
    /// <summary>The one instance: it has no state of its own.</summary>
    public static DurableFiles Instance { get; } = new();

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null)
        {
            FlushDirectory(parent);
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, bytes.Length);
        try
        {
            await RandomAccess.WriteAsync(file, bytes, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // The library reports EFBIG so.
            throw new IOException($"The file '{path}' is larger than its file system or the limit of the process (ulimit -f) allows.", e);
        }
    }

    /// <inheritdoc/>
    public void Flush(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void FlushDirectory(string path) => DurableFolder.Flush(path);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string path, long offset, int? count, CancellationToken cancellationToken)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            long length = RandomAccess.GetLength(file) - offset;
            if (length < (count ?? 0))
            {
                return null;
            }

            byte[] bytes = new byte[count ?? checked((int)length)];
            int read = 0;
            while (read < bytes.Length)
            {
                int more = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), offset + read, cancellationToken).ConfigureAwait(false);
                if (more == 0)
                {
                    return null;
                }

                read += more;
            }

            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}
