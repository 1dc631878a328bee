using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Storages under <c>file:///…</c>, or under a path without scheme.</summary>
/// <param name="files">The file system.</param>
public sealed class DirectoryStorageFactory(IDurableFiles files) : ICheckpointStorageFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Schemes => ["file"];

    /// <inheritdoc/>
    public ICheckpointStorage Open(string address)
    {
        if (!address.Contains("://", StringComparison.Ordinal))
        {
            return new DirectoryStorage(Path.GetFullPath(address), files);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri is { IsFile: true, Host: "" }
            ? new DirectoryStorage(uri.LocalPath, files)
            : throw new CheckpointStorageException($"'{address}' is not the address of a directory: write file:///path, with three slashes.");
    }
}
