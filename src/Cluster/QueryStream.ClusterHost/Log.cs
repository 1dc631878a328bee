using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Host;

/// <summary>What the processes of a cluster log: ids 3650 to 3669.</summary>
internal static partial class Log
{
    [LoggerMessage(3650, LogLevel.Critical, "Actor {Actor} threw in its fault handler, which is a bug in QueryStream. It has stopped")]
    public static partial void ActorFailed(ILogger logger, Exception exception, string actor);
}
