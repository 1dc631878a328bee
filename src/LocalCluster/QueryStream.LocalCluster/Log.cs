using Microsoft.Extensions.Logging;

namespace QueryStream.Local;

/// <summary>What a local cluster logs: ids 3201 to 3249.</summary>
internal static partial class Log
{
    [LoggerMessage(
        3203,
        LogLevel.Information,
        "Stopping with a savepoint in {Directory}; another signal, after two seconds, cancels the job instead")]
    public static partial void StoppingWithSavepoint(ILogger logger, string directory);

    [LoggerMessage(
        3204,
        LogLevel.Warning,
        "The job goes on, since it could not stop with a savepoint; another signal tries again, Ctrl-\\ ends the process. {Reason}")]
    public static partial void StopFailed(ILogger logger, string reason);

    [LoggerMessage(3201, LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger logger);
}
