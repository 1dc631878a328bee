using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>What is to be done about Redis's error replies. Decides by the code that begins each of them.</summary>
internal static class RedisErrors
{
    /// <summary>Whether the same flush may succeed later without a change on our side.</summary>
    public static bool MayPass(string code) => code switch
    {
        // no memory, a replica that is being promoted, a disk that cannot take the snapshot, too few replicas
        "OOM" or "READONLY" or "MISCONF" or "NOREPLICAS" => true,

        // starting, another client's script, a failover
        "LOADING" or "BUSY" or "UNKILLABLE" or "MASTERDOWN" or "TRYAGAIN" or "CLUSTERDOWN" => true,

        // the server has lost the script; the client brings it again with the next flush
        ScriptLost => true,
        _ => false,
    };

    /// <summary>The code for a script that the server no longer knows: after <c>SCRIPT FLUSH</c>, a restart or a failover.</summary>
    public const string ScriptLost = "NOSCRIPT";

    /// <summary>The error that a task fails with where waiting cannot mend it.</summary>
    public static ServiceRefusedException Refused(RedisAddress address, string sink, RedisFence fence, RedisReply.Failed error) =>
        new("Redis", $"Redis at {address} refuses what sink '{sink}' asks: {error.Message}. {Remedy(error.Code, fence)}");

    /// <summary>The error of a task that a newer attempt has replaced.</summary>
    public static ServiceRefusedException Stale(RedisAddress address, string sink, RedisFlush flush, RedisReply.Refused refused) =>
        new("Redis", $"Redis at {address} refuses sink '{sink}': this is attempt {flush.Attempt} of a task whose attempt {refused.Attempt} has written already "
            + $"(field '{flush.Fence.Field}' of '{flush.Fence.Key}'). It is obsolete and must not go on.");

    /// <summary>The error of a start without Redis.</summary>
    public static ServiceUnavailableException Unavailable(RedisAddress address, string said) =>
        new("Redis", address.ToString(), $"Connection refused to Redis at {address} ({said}); setting --redis or REDIS_ADDRESS");

    private static string Remedy(string code, RedisFence fence) => code switch
    {
        "WRONGTYPE" or "WRONGFENCE" =>
            $"The key '{fence.Key}' must be a hash of fences and something else has written to it: delete it (DEL {fence.Key}) and start the job again.",
        "NOAUTH" or "WRONGPASS" => $"Set {RedisClientOptions.PasswordVariable} to the password of Redis's default user.",
        "NOPERM" => "The user needs the commands EVAL, EVALSHA, SCRIPT, HGET, HSET, EXPIRE, SETEX, PUBLISH and PING, for these keys and this channel.",
        "MOVED" or "ASK" or "CROSSSLOT" => "Redis Cluster is not supported: give the address of a single server or of a master with replicas.",
        _ => "A Redis server of version 3 or later with Lua scripts is needed.",
    };
}
