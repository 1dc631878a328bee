using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Redis;

/// <summary>The options of a Redis sink.</summary>
public sealed record RedisSinkOptions
{
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(10_000);
    private static readonly TimeSpan MaxStartTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The address of the server, see <see cref="RedisAddress"/>. Null: that of the process (<see cref="RedisClientOptions"/>), else localhost:6379.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>The time to live of a value after its last write: whole seconds, 1 s to 10,000 days.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The channel for messages; empty: none.</summary>
    public string Channel { get; init; } = "";

    /// <summary>The number of unacknowledged bytes at which a subtask stops accepting batches. 1 or more.</summary>
    public long MaxPendingBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The number of unacknowledged keys at which a subtask stops accepting batches. 1 or more.</summary>
    public int MaxPendingRows { get; init; } = 65_536;

    /// <summary>
    /// The maximum number of rows in a flush, 1 to 100,000. Redis executes a flush atomically, so other clients wait for it: about 8 µs per row of 2
    /// KB.
    /// </summary>
    public int MaxFlushRows { get; init; } = 512;

    /// <summary>The maximum bytes of a flush, 1 or more. A larger row is sent alone.</summary>
    public int MaxFlushBytes { get; init; } = 256 * 1024;

    /// <summary>The maximum number of flushes in flight, 1 to 64.</summary>
    public int MaxFlushesInFlight { get; init; } = 4;

    /// <summary>How long the start of a job waits for Redis before it fails: more than 0, up to 10 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The delay before the first retry, which doubles with each further one. More than 0, at most <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The maximum delay between retries.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks all values.</summary>
    /// <returns>The address; null for that of the process.</returns>
    /// <exception cref="SettingException">A value is not allowed.</exception>
    internal RedisAddress? Validate()
    {
        if (Ttl < TimeSpan.FromSeconds(1) || Ttl > MaxTtl || Ttl.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new SettingException("ttl", $"'{Durations.Format(Ttl)}' is not allowed: whole seconds from 1s to 10000d.");
        }

        Require(nameof(MaxPendingBytes), MaxPendingBytes, MaxPendingBytes >= 1, "1 or more");
        Require(nameof(MaxPendingRows), MaxPendingRows, MaxPendingRows >= 1, "1 or more");
        Require(nameof(MaxFlushRows), MaxFlushRows, MaxFlushRows is >= 1 and <= 100_000, "1 to 100000");
        Require(nameof(MaxFlushBytes), MaxFlushBytes, MaxFlushBytes >= 1, "1 or more");
        Require(nameof(MaxFlushesInFlight), MaxFlushesInFlight, MaxFlushesInFlight is >= 1 and <= 64, "1 to 64");
        Require(nameof(StartTimeout), StartTimeout, StartTimeout > TimeSpan.Zero && StartTimeout <= MaxStartTimeout, "more than 0, at most 10s");
        Require(
            nameof(RetryDelay),
            RetryDelay,
            RetryDelay > TimeSpan.Zero && RetryDelay <= MaxRetryDelay,
            $"more than 0, at most {nameof(MaxRetryDelay)}");
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
