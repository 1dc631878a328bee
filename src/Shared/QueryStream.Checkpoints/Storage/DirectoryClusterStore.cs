using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Values as files of a directory: <c>FOLDER/NAME</c>. The lock and the epoch are those of the checkpoints in the same directory.</summary>
/// <param name="files">The file system.</param>
/// <param name="address">The directory, as <c>file:///PATH</c>.</param>
/// <param name="storages">The storages of this process.</param>
public sealed class DirectoryClusterStore(IDurableFiles files, string address, CheckpointStorages storages) : IClusterStore
{
    private readonly string _directory = new Uri(address).LocalPath;

    /// <inheritdoc/>
    public Task<Epoch> RaiseAsync(CancellationToken cancellationToken) => storages.AcquireAsync(address);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) => CallAsync(() =>
    {
        IEnumerable<string> complete = files.List(PathOf(folder))
            .Where(static name => !name.EndsWith(DurableWrites.Unfinished, StringComparison.Ordinal));
        return Task.FromResult<IReadOnlyList<string>>([.. complete]);
    });

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string folder, string name, CancellationToken cancellationToken) =>
        CallAsync(() => files.ReadAsync(PlaceOf(folder, name), 0, count: null, cancellationToken));

    /// <inheritdoc/>
    public Task WriteAsync(string folder, string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        files.CreateDirectory(PathOf(folder));
        await files.ReplaceAsync(PlaceOf(folder, name), value, cancellationToken).ConfigureAwait(false);
        return true;
    });

    /// <inheritdoc/>
    public Task DeleteAsync(string folder, string name, CancellationToken cancellationToken) => CallAsync(() =>
    {
        // There may never have been a value.
        files.CreateDirectory(PathOf(folder));
        files.Delete(PlaceOf(folder, name));
        files.FlushDirectory(PathOf(folder));
        return Task.FromResult(true);
    });

    /// <inheritdoc/>
    public Task<string?> ProposeSeedAsync(string address, string? replaced, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public string PlaceOf(string folder, string name) => Path.Combine(_directory, folder, name);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string PathOf(string folder) => Path.Combine(_directory, folder);

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointStorageException($"The store of the cluster in {_directory} cannot be used: {e.Message}", e);
        }
    }
}
