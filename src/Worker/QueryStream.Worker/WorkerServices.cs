using Microsoft.Extensions.Logging;
using QueryStream.Streams;

namespace QueryStream.Worker;

/// <summary>What a worker is given by its host.</summary>
/// <param name="Loader">Finds the code of jobs.</param>
/// <param name="Channels">Connects tasks with each other.</param>
/// <param name="Clients">Clients of systems outside, for sources and sinks.</param>
/// <param name="Loggers">Where to log.</param>
public sealed record WorkerServices(IJobLoader Loader, ITaskChannels Channels, IServiceProvider Clients, ILoggerFactory Loggers);
