using System.Collections.Concurrent;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>The storages that this process uses, one for each address, and the epochs under which it writes to them. Thread-safe.</summary>
/// <param name="factories">One for each scheme.</param>
public sealed class CheckpointStorages(IEnumerable<ICheckpointStorageFactory> factories) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<OpenedStorage>> _opened = new(StringComparer.Ordinal);
    private readonly ICheckpointStorageFactory[] _factories = [.. factories];

    /// <summary>The storage of an address, from which anybody may read and to which workers write segments.</summary>
    /// <param name="address">Such as <c>file:///var/checkpoints</c> or <c>redis://host:6379</c>. May contain a password, so it is not logged.</param>
    /// <exception cref="CheckpointStorageException">No factory knows the scheme, or the address is malformed.</exception>
    public ICheckpointStorage Get(string address) => Open(address).Storage;

    /// <summary>Takes a storage over, once in the life of this process; see <see cref="ICheckpointStorage.AcquireAsync"/>.</summary>
    /// <returns>The epoch of this process. A call that failed is repeated by the next one.</returns>
    public Task<Epoch> AcquireAsync(string address) => Open(address).AcquireAsync();

    /// <summary>Closes all storages.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<OpenedStorage> opened in _opened.Values.Where(opened => opened.IsValueCreated))
        {
            await opened.Value.Storage.DisposeAsync().ConfigureAwait(false);
        }
    }

    private OpenedStorage Open(string address) =>
        _opened.GetOrAdd(address, key => new Lazy<OpenedStorage>(() => new OpenedStorage(Create(key)))).Value;

    private ICheckpointStorage Create(string address)
    {
        if (address.Length == 0)
        {
            throw new CheckpointStorageException("The path of a checkpoint is empty: write file:///path, or redis://HOST:PORT.");
        }

        int end = address.IndexOf("://", StringComparison.Ordinal);
        string scheme = end < 0 ? "file" : address[..end].ToLowerInvariant();
        ICheckpointStorageFactory? factory = Array.Find(_factories, factory => factory.Schemes.Contains(scheme));
        return factory?.Open(address) ?? throw new CheckpointStorageException(
            $"Checkpoints cannot be stored under '{scheme}://': use one of {string.Join(", ", _factories.SelectMany(known => known.Schemes))}.");
    }

    private sealed class OpenedStorage(ICheckpointStorage storage)
    {
        private readonly Lock _lock = new();
        private Task<Epoch>? _epoch;

        public ICheckpointStorage Storage => storage;

        public Task<Epoch> AcquireAsync()
        {
            lock (_lock)
            {
                return _epoch is null or { IsFaulted: true } or { IsCanceled: true } ? _epoch = storage.AcquireAsync(CancellationToken.None) : _epoch;
            }
        }
    }
}
