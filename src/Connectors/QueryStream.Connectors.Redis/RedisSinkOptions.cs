using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis;

/// <summary>How a stream is written to Redis.</summary>
public sealed record RedisSinkOptions
{
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(10_000);
    private static readonly TimeSpan MaxStartTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The server: HOST:PORT, or more, see <see cref="RedisAddress"/>. Null: what the process says (<see cref="RedisClientOptions"/>), else
    /// localhost:6379.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>How long a value lives after it was last written: whole seconds, 1 s to 10,000 days.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Where messages are published; empty: nowhere.</summary>
    public string Channel { get; init; } = "";

    /// <summary>How many bytes a subtask keeps until Redis has acknowledged them. At that bound it takes no further batch.</summary>
    public long MaxPendingBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many keys a subtask keeps until Redis has acknowledged them. At that bound it takes no further batch.</summary>
    public int MaxPendingRows { get; init; } = 65_536;

    /// <summary>
    /// How many rows one flush has at most, 1 to 100,000. Redis executes a flush in one piece: other clients wait for it, about 8 µs a row of 2 KB.
    /// </summary>
    public int MaxFlushRows { get; init; } = 512;

    /// <summary>How many bytes one flush has at most; a larger row is sent alone.</summary>
    public int MaxFlushBytes { get; init; } = 256 * 1024;

    /// <summary>How many flushes are in flight at most, 1 to 64.</summary>
    public int MaxFlushesInFlight { get; init; } = 4;

    /// <summary>How long the start of a job waits for Redis before it fails, up to 10 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause before the first retry; it doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between retries.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks all values.</summary>
    /// <returns>The address; null for that of the process.</returns>
    /// <exception cref="SettingException">A value is not allowed.</exception>
    internal RedisAddress? Validate()
    {
        if (Ttl < TimeSpan.FromSeconds(1) || Ttl > MaxTtl || Ttl.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new SettingException("ttl", $"'{Ttl}' is not allowed: whole seconds from 1s to 10000d.");
        }

        Require("redis.max-pending-bytes", MaxPendingBytes, MaxPendingBytes >= 1, "1 or more");
        Require("redis.max-pending-rows", MaxPendingRows, MaxPendingRows >= 1, "1 or more");
        Require("redis.max-flush-rows", MaxFlushRows, MaxFlushRows is >= 1 and <= 100_000, "1 to 100000");
        Require("redis.max-flush-bytes", MaxFlushBytes, MaxFlushBytes >= 1, "1 or more");
        Require("redis.max-flushes-in-flight", MaxFlushesInFlight, MaxFlushesInFlight is >= 1 and <= 64, "1 to 64");
        Require("redis.start-timeout", StartTimeout, StartTimeout > TimeSpan.Zero && StartTimeout <= MaxStartTimeout, "up to 10s");
        Require(
            "redis.retry-delay", RetryDelay, RetryDelay > TimeSpan.Zero && RetryDelay <= MaxRetryDelay, "more than 0, and at most redis.max-retry-delay");
        return Address is null ? null : Parse(Address);
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
