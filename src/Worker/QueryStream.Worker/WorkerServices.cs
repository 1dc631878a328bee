using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Metrics;
using QueryStream.Streams;

namespace QueryStream.Worker;

/// <summary>The services that a worker gets from its host.</summary>
/// <param name="Loader">Loads the code of jobs.</param>
/// <param name="Channels">Connects tasks with each other.</param>
/// <param name="Clients">Clients of external systems, for sources and sinks.</param>
/// <param name="Storages">The storages of checkpoints, one for each address, which all tasks of the process share.</param>
/// <param name="Loggers">Where to log.</param>
public sealed record WorkerServices(
    IJobLoader Loader, ITaskChannels Channels, IServiceProvider Clients, CheckpointStorages Storages, ILoggerFactory Loggers)
{
    /// <summary>Reads what the process uses, for the coordinator; null: it is not told.</summary>
    public Func<ProcessSample>? Process { get; init; }
}
