using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Core.Identity;

namespace QueryStream.Rest;

/// <summary>What the REST interface logs: ids 3500 to 3549.</summary>
internal static partial class Log
{
    [LoggerMessage(3500, LogLevel.Error, "{Method} {Path} has failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(3501, LogLevel.Information, "Job '{Name}' ({Job}) was submitted over REST, class {ClassName} of bundle {Bundle}")]
    public static partial void Submitted(ILogger logger, string name, JobId job, string className, ContentHash bundle);

    [LoggerMessage(3502, LogLevel.Information, "Job '{Name}' ({Job}) is cancelled over REST")]
    public static partial void Cancelling(ILogger logger, string name, JobId job);

    [LoggerMessage(
        3504, LogLevel.Information, "Job '{Name}' ({Job}) is to run at parallelism {Parallelism} instead of {Former}, as was asked for over REST")]
    public static partial void Rescaling(ILogger logger, string name, JobId job, int parallelism, int former);

    [LoggerMessage(3511, LogLevel.Information, "The savepoint {Path} is deleted, as was asked for over REST")]
    public static partial void SavepointDisposed(ILogger logger, string path);

    [LoggerMessage(3510, LogLevel.Information, "Jobs were uploaded over REST as '{Upload}', bundle {Bundle}, classes: {Classes}")]
    public static partial void Uploaded(ILogger logger, string upload, ContentHash bundle, string classes);

    [LoggerMessage(3503, LogLevel.Warning, "Files that no job needs any more are not deleted: {Problem} It is tried again")]
    public static partial void CleanupFailed(ILogger logger, string problem);
}
