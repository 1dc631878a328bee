using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>What the settings of a server do to data that must survive its crash.</summary>
internal static class RedisDurability
{
    /// <summary>
    /// A warning for each setting with which data may be lost in a crash or evicted, or if the server does not report its settings. Empty if data is
    /// safe.
    /// </summary>
    public static async Task<IReadOnlyList<string>> WarningsAsync(ICheckpointCommands redis, RedisAddress address)
    {
        Dictionary<string, string> settings = [];
        try
        {
            foreach (string name in new[] { "appendonly", "appendfsync", "maxmemory", "maxmemory-policy" })
            {
                settings[name] = await redis.SettingAsync(name).ConfigureAwait(false);
            }
        }
        catch (RedisServerException e)
        {
            return
            [
                $"Redis at {address} does not report how durable it is ({e.Message}); "
                + "it should run with appendonly yes and maxmemory-policy noeviction",
            ];
        }

        List<string> warnings = [];
        if (settings["appendonly"] != "yes")
        {
            warnings.Add(
                $"Redis at {address} has appendonly {settings["appendonly"]}: when it crashes, what is newer than its last snapshot is lost");
        }
        else if (settings["appendfsync"] == "no")
        {
            warnings.Add($"Redis at {address} has appendfsync no: when its machine crashes, what it was sent last is lost");
        }

        if (settings["maxmemory"] != "0" && settings["maxmemory-policy"].StartsWith("allkeys", StringComparison.Ordinal))
        {
            warnings.Add($"Redis at {address} has maxmemory-policy {settings["maxmemory-policy"]}: it deletes data when it runs out of memory");
        }

        return warnings;
    }
}
