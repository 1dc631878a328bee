namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// The operations of a file system that durable storage is made of, so that a simulation can lose what a crash would lose: what was written and not
/// flushed, and names in a directory that was not flushed. Paths are absolute. Safe on any thread. Errors are those of <see cref="File"/>.
/// </summary>
public interface IDurableFiles
{
    /// <summary>Makes a directory and those above it, durably.</summary>
    void CreateDirectory(string path);

    /// <summary>Writes a file, replacing one of that name. It survives a crash of the process, but not of the machine.</summary>
    Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the content of a file survive a crash of the machine.</summary>
    void Flush(string path);

    /// <summary>Gives a file another name in one step, replacing one of that name.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names in a directory survive a crash of the machine.</summary>
    void FlushDirectory(string path);

    /// <summary>Reads a part of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="count">How many bytes; null: all that there are.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The bytes, as many as asked for; null where the file is missing or shorter.</returns>
    Task<byte[]?> ReadAsync(string path, long offset, int? count, CancellationToken cancellationToken);

    /// <summary>The names of the files and directories in a directory; empty where there is none.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>Deletes a file or an empty directory. One that is gone already is no error.</summary>
    void Delete(string path);

    /// <summary>Locks a file, making it if need be, until the result is disposed of or the process ends.</summary>
    /// <returns>Null where another process, or another holder in this one, has locked it.</returns>
    IDisposable? TryLock(string path);
}
