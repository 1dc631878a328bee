using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Classifies Redis's error replies by their code, and creates the exceptions of a sink.</summary>
internal static class RedisErrors
{
    /// <summary>Whether a retry of the same flush may succeed.</summary>
    public static bool IsTransient(string code) => code switch
    {
        // No memory, a replica that may be promoted, a failed snapshot to disk, too few replicas.
        "OOM" or "READONLY" or "MISCONF" or "NOREPLICAS" => true,

        // The server is starting, another client's script is running, a failover is in progress.
        "LOADING" or "BUSY" or "UNKILLABLE" or "MASTERDOWN" or "TRYAGAIN" or "CLUSTERDOWN" => true,

        // The server has lost the script; the next flush loads it again.
        ScriptLost => true,
        _ => false,
    };

    /// <summary>The code for an unknown script: after <c>SCRIPT FLUSH</c>, a restart or a failover.</summary>
    public const string ScriptLost = "NOSCRIPT";

    private const string Commands = "ECHO, PING, EVAL, EVALSHA, SCRIPT LOAD, SELECT, INFO, HGET, HSET, EXPIRE, SETEX, DEL and PUBLISH";

    /// <summary>Redis refuses the writes permanently.</summary>
    public static ServiceRefusedException Refused(RedisAddress address, string sink, RedisFence fence, RedisReply.Failed error) =>
        new("Redis", $"Redis at {address} refuses the writes of sink '{sink}': {error.Message}. {Remedy(error.Code, fence)}");

    /// <summary>A newer attempt of the task has replaced this one.</summary>
    public static ServiceRefusedException Stale(RedisAddress address, string sink, RedisFlush flush, RedisReply.Refused refused) =>
        new("Redis", $"Redis at {address} refuses the writes of sink '{sink}': this is attempt {flush.Attempt} of a task, and attempt "
            + $"{refused.Attempt} has written already (field '{flush.Fence.Field}' of '{flush.Fence.Key}'). This attempt is obsolete and ends.");

    /// <summary>Redis cannot be reached when the job starts.</summary>
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
