using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Cluster.Leadership;

/// <summary>Where the epochs of leaders come from. Thread-safe.</summary>
public interface IEpochStore
{
    /// <summary>Begins a reign: returns an epoch that is higher than all before it, for one caller only.</summary>
    Task<Epoch> RaiseAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Epochs for a cluster without a store: the time in milliseconds. Higher than those before it as long as the clocks of its coordinators agree better
/// than the time between two reigns.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class ClockEpochs(TimeProvider time) : IEpochStore
{
    /// <inheritdoc/>
    public Task<Epoch> RaiseAsync(CancellationToken cancellationToken) => Task.FromResult(new Epoch(time.GetUtcNow().ToUnixTimeMilliseconds()));
}

/// <summary>Epochs of the store that the coordinators share.</summary>
/// <param name="store">The store.</param>
public sealed class StoredEpochs(IClusterStore store) : IEpochStore
{
    /// <inheritdoc/>
    public Task<Epoch> RaiseAsync(CancellationToken cancellationToken) => store.RaiseAsync(cancellationToken);
}
