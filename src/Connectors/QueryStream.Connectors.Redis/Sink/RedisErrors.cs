using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>What to do about Redis's error replies, by the code that each of them begins with.</summary>
internal static class RedisErrors
{
    /// <summary>Whether the same flush may succeed later without a change on our side.</summary>
    public static bool IsTransient(string code) => code switch
    {
        // no memory, a replica that may be promoted, a disk that cannot take the snapshot, too few replicas
        "OOM" or "READONLY" or "MISCONF" or "NOREPLICAS" => true,

        // the server starts, another client's script runs, a failover is under way
        "LOADING" or "BUSY" or "UNKILLABLE" or "MASTERDOWN" or "TRYAGAIN" or "CLUSTERDOWN" => true,

        // the server has lost the script; the next flush loads it again
        ScriptLost => true,
        _ => false,
    };

    /// <summary>The code for a script that the server no longer knows: after <c>SCRIPT FLUSH</c>, a restart or a failover.</summary>
    public const string ScriptLost = "NOSCRIPT";

    private const string Commands = "ECHO, PING, EVAL, EVALSHA, SCRIPT LOAD, SELECT, HGET, HSET, EXPIRE, SETEX and PUBLISH";

    /// <summary>The error of a task whose writes Redis refuses for good.</summary>
    public static ServiceRefusedException Refused(RedisAddress address, string sink, RedisFence fence, RedisReply.Failed error) =>
        new("Redis", $"Redis at {address} refuses the writes of sink '{sink}': {error.Message}. {Remedy(error.Code, fence)}");

    /// <summary>The error of a task that a newer attempt has replaced.</summary>
    public static ServiceRefusedException Stale(RedisAddress address, string sink, RedisFlush flush, RedisReply.Refused refused) =>
        new("Redis", $"Redis at {address} refuses the writes of sink '{sink}': this is attempt {flush.Attempt} of a task, and attempt "
            + $"{refused.Attempt} has written already (field '{flush.Fence.Field}' of '{flush.Fence.Key}'). This attempt is obsolete and ends.");

    /// <summary>The error of a start without Redis.</summary>
    public static ServiceUnavailableException Unavailable(RedisAddress address, string reason) =>
        new("Redis", address.ToString(), $"Connection refused to Redis at {address} ({reason}); setting --redis or REDIS_ADDRESS");

    private static string Remedy(string code, RedisFence fence) => code switch
    {
        "WRONGTYPE" or "WRONGFENCE" =>
            $"The key '{fence.Key}' must be a hash of fences, and something else has written to it: "
            + $"delete it (DEL {fence.Key}) and start the job again.",
        "NOAUTH" or "WRONGPASS" =>
            $"Set {RedisClientOptions.PasswordVariable} to the password, and name the user in the address where it is not the default user.",
        "MOVED" or "ASK" or "CROSSSLOT" => "Redis Cluster is not supported: give the address of a single server, or of a master with its replicas.",
        _ => "The sink needs a Redis server of version 3 or later with Lua scripts, and a user who may run "
            + $"{Commands} on these keys and this channel.",
    };
}
