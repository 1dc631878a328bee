using Microsoft.Extensions.Logging;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange;

/// <summary>What the exchange logs: ids 3250 to 3299.</summary>
internal static partial class Log
{
    [LoggerMessage(3250, LogLevel.Information, "Worker {Worker} exchanges rows with other workers at {Address}")]
    public static partial void Listening(ILogger logger, string worker, WorkerAddress address);

    [LoggerMessage(3251, LogLevel.Warning, "Refused a connection from {Remote}: {Problem}")]
    public static partial void StrangerRefused(ILogger logger, string remote, string problem);

    [LoggerMessage(3252, LogLevel.Warning, "Worker {Peer} at {Address} cannot be reached: {Problem}")]
    public static partial void Unreachable(ILogger logger, string peer, WorkerAddress address, string problem);

    [LoggerMessage(3253, LogLevel.Warning, "The connection to worker {Peer} at {Address} is lost: {Problem}")]
    public static partial void ConnectionLost(ILogger logger, string peer, WorkerAddress address, string problem);

    [LoggerMessage(3254, LogLevel.Debug, "Connected to worker {Peer} at {Address}")]
    public static partial void Connected(ILogger logger, string peer, WorkerAddress address);

    [LoggerMessage(
        3255,
        LogLevel.Warning,
        "{Count} connections have sent no hello yet, the most that are allowed: further ones are closed, and logged again when there is room")]
    public static partial void TooManyStrangers(ILogger logger, int count);

    [LoggerMessage(3256, LogLevel.Error, "Telling the cluster that worker {Peer} at {Address} is lost failed")]
    public static partial void WatcherFailed(ILogger logger, Exception exception, string peer, WorkerAddress address);

    [LoggerMessage(3257, LogLevel.Error, "Accepting connections failed; worker {Worker} accepts the next one after {Pause}")]
    public static partial void AcceptFailed(ILogger logger, Exception exception, string worker, string pause);

    [LoggerMessage(3258, LogLevel.Critical, "A loop of the exchange of worker {Worker} threw, which is a bug in QueryStream")]
    public static partial void LoopFailed(ILogger logger, Exception exception, string worker);

    [LoggerMessage(3259, LogLevel.Warning, "Connections of worker {Worker} were still open {Limit} after they were closed; stopping without them")]
    public static partial void StopTimedOut(ILogger logger, string worker, string limit);
}
