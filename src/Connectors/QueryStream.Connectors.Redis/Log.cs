using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis;

/// <summary>The log lines of the Redis connector: 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "Connected to Redis at {Address}")]
    public static partial void Connected(ILogger logger, RedisAddress address);

    [LoggerMessage(2101, LogLevel.Warning, "Redis at {Address} does not take writes ({Said}); they are kept and tried again until it does")]
    public static partial void Lost(ILogger logger, RedisAddress address, string said);

    [LoggerMessage(2102, LogLevel.Information, "Redis at {Address} takes writes again")]
    public static partial void Back(ILogger logger, RedisAddress address);

    [LoggerMessage(2103, LogLevel.Debug, "Redis sink {Sink}: the fence {Field} refused flush {Number}, it stands at {StoredAttempt}:{StoredNumber}; sending again what is not acknowledged")]
    public static partial void ChainBroken(ILogger logger, string sink, string field, long number, int storedAttempt, long storedNumber);

    [LoggerMessage(2104, LogLevel.Debug, "Closing a connection to Redis at {Address} failed")]
    public static partial void CloseFailed(ILogger logger, RedisAddress address, Exception exception);
}
