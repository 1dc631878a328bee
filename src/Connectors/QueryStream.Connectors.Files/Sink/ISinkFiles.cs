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
