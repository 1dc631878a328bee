using QueryStream.Wire.State;

namespace QueryStream.Coordinator.State;

/// <summary>Reaches the workers that own keys. Implemented by the transport of a cluster. Safe on any thread.</summary>
public interface IKeyOwners
{
    /// <summary>Passes a question on to the worker that runs its task now.</summary>
    /// <param name="shard">The slot of the task.</param>
    /// <param name="query">The question.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; null: none has come in time. The question may have been lost, so it may be asked again.</returns>
    Task<StateAnswer?> AskAsync(JobShard shard, StateQuery query, TimeSpan limit, CancellationToken cancellationToken);
}
