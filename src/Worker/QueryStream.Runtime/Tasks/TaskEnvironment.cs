using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Tasks;

/// <summary>What the tasks of a worker share.</summary>
/// <param name="DataPlane">Finds the other ends of channels.</param>
/// <param name="Events">Receives the events of the tasks.</param>
/// <param name="Services">Clients of external systems, for sources and sinks.</param>
/// <param name="Loggers">Creates the loggers.</param>
public sealed record TaskEnvironment(IDataPlane DataPlane, ITaskEvents Events, IServiceProvider Services, ILoggerFactory Loggers)
{
    /// <summary>
    /// Finds the segments of a job in the storage of an address, on any thread. It throws a
    /// <see cref="CheckpointStorageException"/> if no storage can have that address.
    /// </summary>
    public Func<string, JobId, ISegments> Segments { get; init; } = static (storage, _) => throw new CheckpointStorageException(
        $"No state can be written to {storage}: this worker has no checkpoint storages.");

    /// <summary>The bytes that channels should have in flight that begin in one slot: in one subtask of each vertex.</summary>
    public long ChannelMemory { get; init; } = long.MaxValue;

    /// <summary>Where operators keep their keyed state.</summary>
    internal IStateBackend StateBackend { get; init; } = HeapStateBackend.Instance;

    /// <summary>Defects that a simulation has put in.</summary>
    internal Mutations Mutations => Services.GetService(typeof(Mutations)) as Mutations ?? Mutations.None;
}
