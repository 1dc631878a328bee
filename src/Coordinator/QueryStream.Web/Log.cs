using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Web;

/// <summary>What the pages log: ids 3550 to 3599.</summary>
internal static partial class Log
{
    [LoggerMessage(3550, LogLevel.Warning, "Somebody at {Address} has shown no secret of the web pages that is known")]
    public static partial void SignInRefused(ILogger logger, string address);

    [LoggerMessage(3551, LogLevel.Information, "Job '{Name}' ({Job}): {Action}, as was asked for on a web page")]
    public static partial void JobChanged(ILogger logger, string name, JobId job, string action);

    [LoggerMessage(3552, LogLevel.Information, "Member {Address}: {Action}, as was asked for on a web page")]
    public static partial void MemberChanged(ILogger logger, string address, string action);

    [LoggerMessage(3554, LogLevel.Information, "Upload '{Upload}' is deleted, as was asked for on a web page")]
    public static partial void UploadDeleted(ILogger logger, string upload);

    [LoggerMessage(3553, LogLevel.Error, "What the web pages show could not be read; they show the state before. It is tried again in a second")]
    public static partial void WatchFailed(ILogger logger, Exception exception);
}
