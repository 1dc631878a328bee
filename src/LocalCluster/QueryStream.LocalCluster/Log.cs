using Microsoft.Extensions.Logging;

namespace QueryStream.Local;

/// <summary>What a local cluster logs: ids 3200 to 3249.</summary>
internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Critical, "Actor {Actor} threw while it was told of its own fault: a defect. It has stopped")]
    public static partial void ActorFailed(ILogger logger, Exception exception, string actor);
}
