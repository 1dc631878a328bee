using QueryStream.Core.Files;

namespace QueryStream.Connectors.Files.Sink;

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
