using QueryStream.Core.Files;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// The operations of a file system that a sink is made of, so that a test can lose what a crash would lose. Errors are those of <see cref="File"/>.
/// </summary>
internal interface ISinkFiles
{
    /// <summary>Creates a folder, whose name survives a power failure.</summary>
    void CreateFolder(string path);

    bool Exists(string path);

    /// <summary>Creates a file.</summary>
    /// <returns>Null if it exists.</returns>
    ISinkFile? TryCreate(string path);

    /// <summary>Renames a file, and replaces one of that name.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names in a folder survive a power failure.</summary>
    void FlushFolder(string path);

    /// <summary>Deletes a file, if it exists.</summary>
    void Delete(string path);
}

/// <summary>A file that is written from its beginning to its end.</summary>
internal interface ISinkFile : IAsyncDisposable
{
    /// <summary>Appends bytes. They survive a crash of the process.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Makes what was written survive a power failure.</summary>
    void Flush();
}

/// <summary>The files of this machine.</summary>
internal sealed class DiskFiles : ISinkFiles
{
    private DiskFiles()
    {
    }

    public static DiskFiles Instance { get; } = new();

    public void CreateFolder(string path)
    {
        if (!Directory.Exists(path) && Directory.CreateDirectory(path).Parent is { } parent)
        {
            DurableFolder.Flush(parent.FullName);
        }
    }

    public bool Exists(string path) => File.Exists(path);

    public ISinkFile? TryCreate(string path)
    {
        try
        {
            // Unbuffered: when a write completes, the operating system has the rows.
            return new DiskFile(
                new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void FlushFolder(string path) => DurableFolder.Flush(path);

    public void Delete(string path) => File.Delete(path);

    private sealed class DiskFile(FileStream file) : ISinkFile
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => file.WriteAsync(bytes);

        public void Flush() => RandomAccess.FlushToDisk(file.SafeFileHandle);

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
