using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// What the coordinators of a cluster share: the epoch of who leads, jobs, and their files, as values with names in folders. Only the coordinator
/// with the latest epoch writes to it. Safe on any thread.
/// </summary>
/// <remarks>
/// Each call throws a <see cref="CheckpointStorageException"/> where the store cannot be used, or another coordinator has its epoch.
/// </remarks>
public interface IClusterStore : IAsyncDisposable
{
    /// <summary>Makes the caller the leader: returns an epoch higher than all before it, and refuses writes of all others from then on.</summary>
    Task<Epoch> RaiseAsync(CancellationToken cancellationToken);

    /// <summary>The names of the values in a folder, in no particular order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>A value; null: there is none.</summary>
    Task<byte[]?> ReadAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Writes a value, or replaces it as a whole. Durable when it completes.</summary>
    Task WriteAsync(string folder, string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Deletes a value, if it is there.</summary>
    Task DeleteAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Proposes a coordinator that the others join; needs no epoch. Of several at the same time, one wins. Null where the store serves one
    /// coordinator only, which it protects by a lock.
    /// </summary>
    /// <param name="address">The coordinator's address.</param>
    /// <param name="replaced">The one that it replaces; null: it is the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The address to join: the proposed one if there was none, or <paramref name="replaced"/>, else the one that there is.</returns>
    Task<string?> ProposeSeedAsync(string address, string? replaced, CancellationToken cancellationToken);

    /// <summary>A place of a value, for messages.</summary>
    string PlaceOf(string folder, string name);
}
