using Microsoft.Extensions.Logging;

namespace QueryStream.Blobs;

/// <summary>What is logged about blobs and bundles: ids 3400 to 3449.</summary>
internal static partial class Log
{
    [LoggerMessage(3400, LogLevel.Debug, "Blob {Hash} is stored, bytes: {Bytes}")]
    public static partial void Stored(ILogger logger, ContentHash hash, long bytes);

    [LoggerMessage(3401, LogLevel.Warning, "The blob in {Path} is damaged: its content has the hash {Actual}. It is deleted, and can be sent again")]
    public static partial void Damaged(ILogger logger, string path, ContentHash actual);

    [LoggerMessage(3402, LogLevel.Information, "Loaded {Main} of {Hash}, files: {Files}, bytes: {Bytes}")]
    public static partial void Loaded(ILogger logger, string main, ContentHash hash, int files, long bytes);

    [LoggerMessage(3403, LogLevel.Warning, "The files of the job in {Path} are incomplete or were changed: they are laid out again")]
    public static partial void FolderDamaged(ILogger logger, string path);

    [LoggerMessage(3404, LogLevel.Debug, "Fetching blob {Hash} from {Address} failed, and is repeated: {Problem}")]
    public static partial void FetchFailed(ILogger logger, ContentHash hash, Uri? address, string problem);

    [LoggerMessage(3406, LogLevel.Debug, "The laid out code of bundle {Hash} is deleted: no process of this machine uses it")]
    public static partial void FolderDeleted(ILogger logger, ContentHash hash);

    [LoggerMessage(3405, LogLevel.Information, "Files in {Directory} that no job needs any more are deleted: {Files}")]
    public static partial void UnusedDeleted(ILogger logger, int files, string directory);
}
