using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Host;

/// <summary>What the processes of a cluster log: ids 3650 to 3699.</summary>
internal static partial class Log
{
    [LoggerMessage(3650, LogLevel.Warning, "{Problem} It is tried again in an hour")]
    public static partial void CodeNotDeleted(ILogger logger, string problem);

    [LoggerMessage(3651, LogLevel.Warning, "What has happened to jobs in the last second could not be traced")]
    public static partial void NotTraced(ILogger logger, Exception exception);
}
