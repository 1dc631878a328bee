using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis;

/// <summary>The log lines of the Redis connector: 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "Connected to Redis at {Address}")]
    public static partial void Connected(ILogger logger, RedisAddress address);

    [LoggerMessage(2101, LogLevel.Warning, "Redis at {Address} does not accept writes ({Reason}); they are kept and retried")]
    public static partial void OutageBegan(ILogger logger, RedisAddress address, string reason);

    [LoggerMessage(2102, LogLevel.Information, "Redis at {Address} accepts writes again; the outage lasted {Seconds} s")]
    public static partial void OutageEnded(ILogger logger, RedisAddress address, double seconds);

    [LoggerMessage(
        2103, LogLevel.Debug, "Redis sink {Sink}: fence {Field} at {StoredAttempt}:{StoredNumber} refused flush {Number}; its rows are resent")]
    public static partial void FlushRefused(ILogger logger, string sink, string field, int storedAttempt, long storedNumber, long number);

    [LoggerMessage(2104, LogLevel.Warning, "Redis at {Address} has not accepted all writes for {Seconds} s ({Reason}); they are kept and retried")]
    public static partial void OutageLasts(ILogger logger, RedisAddress address, string reason, double seconds);

    [LoggerMessage(2105, LogLevel.Warning, "{Warning}")]
    public static partial void NotDurable(ILogger logger, string warning);
}
