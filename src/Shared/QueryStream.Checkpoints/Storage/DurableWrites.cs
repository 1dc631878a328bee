namespace QueryStream.Checkpoints.Storage;

/// <summary>Writes of whole files that survive every crash.</summary>
public static class DurableWrites
{
    /// <summary>What the name of a file ends with that is not complete yet.</summary>
    internal const string Unfinished = ".tmp";

    /// <summary>Writes a file, replacing one of that name. When it completes, the file survives a crash; before, the one of that name does.</summary>
    public static async Task ReplaceAsync(this IDurableFiles files, string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        string unfinished = path + Unfinished;
        await files.WriteAsync(unfinished, bytes, cancellationToken).ConfigureAwait(false);
        files.Flush(unfinished);
        files.Rename(unfinished, path);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
