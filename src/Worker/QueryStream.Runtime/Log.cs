using Microsoft.Extensions.Logging;

namespace QueryStream.Runtime;

/// <summary>What the runtime logs: ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "{Task}: closing a source or sink failed; the state of the task does not change")]
    public static partial void CloseFailed(ILogger logger, Exception exception, string task);

    [LoggerMessage(1001, LogLevel.Debug, "{Operator} in {Task} asks for a checkpoint, which is ignored, since the job takes none: {Reason}")]
    public static partial void RequestIgnored(ILogger logger, string @operator, string task, string reason);
}
