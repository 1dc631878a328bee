using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis;

/// <summary>How a stream is written to Redis.</summary>
public sealed record RedisSinkOptions
{
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(10_000);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);

    /// <summary>The server, as HOST:PORT.</summary>
    public string Address { get; init; } = "localhost:6379";

    /// <summary>How long a value lives after it was last written, in whole seconds.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Where messages are published; empty: nowhere.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Most bytes that a subtask holds until Redis has acknowledged them; from there on it pushes back. A batch that was begun is taken whole.</summary>
    public long MaxPendingBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most keys that a subtask holds until Redis has acknowledged them.</summary>
    public int MaxPendingRows { get; init; } = 65_536;

    /// <summary>Most rows that go out in one packet, which Redis executes in one piece: other clients wait for it, about 8 µs a row of 2 KB.</summary>
    public int MaxFlushRows { get; init; } = 512;

    /// <summary>Most bytes that go out in one packet; a row that is larger goes alone.</summary>
    public int MaxFlushBytes { get; init; } = 256 * 1024;

    /// <summary>Most packets that are under way at a time.</summary>
    public int MaxFlushesInFlight { get; init; } = 4;

    /// <summary>How long to try at the start of a job before it fails.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before the first retry; it doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between retries.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks all values.</summary>
    /// <returns>The address.</returns>
    /// <exception cref="SettingException">A value is not allowed.</exception>
    internal RedisAddress Validate()
    {
        if (Ttl < TimeSpan.FromSeconds(1) || Ttl > LongestTtl || Ttl.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new SettingException("ttl", $"'{Ttl}' is not allowed: whole seconds from 1s to 10000d.");
        }

        Require("redis.max-pending-bytes", MaxPendingBytes, MaxPendingBytes >= 1, "1 or more");
        Require("redis.max-pending-rows", MaxPendingRows, MaxPendingRows >= 1, "1 or more");
        Require("redis.max-flush-rows", MaxFlushRows, MaxFlushRows is >= 1 and <= 100_000, "1 to 100000");
        Require("redis.max-flush-bytes", MaxFlushBytes, MaxFlushBytes >= 1, "1 or more");
        Require("redis.max-flushes-in-flight", MaxFlushesInFlight, MaxFlushesInFlight is >= 1 and <= 64, "1 to 64");
        Require("redis.start-timeout", StartTimeout, StartTimeout > TimeSpan.Zero && StartTimeout <= LongestStart, "up to 10s");
        Require("redis.retry-delay", RetryDelay, RetryDelay > TimeSpan.Zero && RetryDelay <= MaxRetryDelay, "more than 0, and at most the longest retry delay");
        return Parse(Address);
    }

    private static void Require(string setting, object value, bool isAllowed, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, $"'{value}' is not allowed: {allowed}.");
        }
    }

    private static RedisAddress Parse(string address)
    {
        try
        {
            return RedisAddress.Parse(address);
        }
        catch (FormatException e)
        {
            throw new SettingException("redis", e.Message);
        }
    }
}
