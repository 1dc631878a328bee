using QueryStream.Connectors.Redis.Client;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>The commands on a real server. Connects at the first one.</summary>
internal sealed class CheckpointCommands : ICheckpointCommands
{
    // KEYS epoch, owner   ARGV owner   returns the new epoch
    private const string AcquireScript = """
        local epoch = redis.call('INCR', KEYS[1])
        redis.call('SET', KEYS[2], ARGV[1])
        return epoch
        """;

    // KEYS epoch, owner, manifest, index, then the required keys   ARGV epoch, owner, manifest, index entry
    // returns {CommitReply, the stored epoch or the index of a missing key}
    private const string CommitScript = """
        local epoch = redis.call('GET', KEYS[1])
        local owner = redis.call('GET', KEYS[2])
        if not epoch then
          redis.call('SET', KEYS[1], ARGV[1])
          redis.call('SET', KEYS[2], ARGV[2])
        elseif epoch ~= ARGV[1] or (owner and owner ~= ARGV[2]) then
          return {1, tonumber(epoch)}
        end
        for i = 5, #KEYS do
          if redis.call('EXISTS', KEYS[i]) == 0 then return {2, i - 5} end
        end
        redis.call('SET', KEYS[3], ARGV[3])
        redis.call('SADD', KEYS[4], ARGV[4])
        return {0, 0}
        """;

    // KEYS epoch, owner, set, then the keys to delete   ARGV epoch, owner, then the members to remove from the set   returns whether it may delete
    private const string DeleteScript = """
        local owner = redis.call('GET', KEYS[2])
        if redis.call('GET', KEYS[1]) ~= ARGV[1] or (owner and owner ~= ARGV[2]) then return 0 end
        for i = 4, #KEYS do
          redis.call('DEL', KEYS[i])
          redis.call('SREM', KEYS[3], ARGV[i - 1])
        end
        return 1
        """;

    // KEYS value   ARGV the expected value, empty for none, and the new one   returns the value that there is now
    private const string ReplaceScript = """
        local current = redis.call('GET', KEYS[1]) or ''
        if current ~= ARGV[1] then return current end
        redis.call('SET', KEYS[1], ARGV[2])
        return ARGV[2]
        """;

    private readonly RedisCalls _calls;

    public CheckpointCommands(RedisAddress address, RedisClientOptions options) =>
        _calls = new RedisCalls(address, options, RedisConfiguration.ForCheckpoints(address, options));

    public Task<long> AcquireAsync(string epochKey, string ownerKey, string owner) =>
        CallAsync(async redis => (long)await RunAsync(redis, AcquireScript, [epochKey, ownerKey], [owner]).ConfigureAwait(false));

    public Task<string> SettingAsync(string name) => CallAsync(async redis =>
    {
        RedisResult[] pair = (RedisResult[]?)await redis.ExecuteAsync("CONFIG", "GET", name).ConfigureAwait(false) ?? [];
        return pair.Length == 2 ? (string?)pair[1] ?? "" : "";
    });

    public Task<(CommitReply Reply, long Detail)> CommitAsync(
        Ownership owner, IReadOnlyList<string> required, string key, ReadOnlyMemory<byte> value, SetMember member) => CallAsync(async redis =>
    {
        long[] reply = (long[])(await RunAsync(
            redis,
            CommitScript,
            [owner.EpochKey, owner.OwnerKey, key, member.Set, .. required.Select(one => (RedisKey)one)],
            [owner.Epoch, owner.Owner, value, member.Member]).ConfigureAwait(false))!;
        return ((CommitReply)reply[0], reply[1]);
    });

    public Task<bool> DeleteAsync(Ownership owner, string set, IReadOnlyList<KeyedMember> deleted) => CallAsync(async redis =>
        (bool)await RunAsync(
            redis,
            DeleteScript,
            [owner.EpochKey, owner.OwnerKey, set, .. deleted.Select(one => (RedisKey)one.Key)],
            [owner.Epoch, owner.Owner, .. deleted.Select(one => (RedisValue)one.Member)]).ConfigureAwait(false));

    public Task<IReadOnlyList<string>> MembersAsync(string set) => CallAsync<IReadOnlyList<string>>(
        async redis => [.. (await redis.SetMembersAsync(set).ConfigureAwait(false)).Select(member => member.ToString())]);

    public Task<byte[]?> GetAsync(string key) => CallAsync(async redis => (byte[]?)await redis.StringGetAsync(key).ConfigureAwait(false));

    public Task<byte[]?> GetRangeAsync(string key, long offset, int count) =>
        CallAsync(async redis => (byte[]?)await redis.StringGetRangeAsync(key, offset, offset + count - 1).ConfigureAwait(false));

    public Task<bool> ExistsAsync(string key) => CallAsync(redis => redis.KeyExistsAsync(key));

    public Task StoreAsync(SetMember member, string key, ReadOnlyMemory<byte> value) => CallAsync(async redis =>
    {
        await Task.WhenAll(
            redis.SetAddAsync(member.Set, member.Member, CommandFlags.DemandMaster),
            redis.StringSetAsync(key, value, flags: CommandFlags.DemandMaster)).ConfigureAwait(false);
        return true;
    });

    public Task<string> ReplaceAsync(string key, string? expected, string value) => CallAsync(async redis =>
        (string)(await RunAsync(redis, ReplaceScript, [key], [expected ?? "", value]).ConfigureAwait(false))!);

    public ValueTask DisposeAsync() => _calls.CloseAsync(awaitReplies: true);

    private static Task<RedisResult> RunAsync(IDatabase redis, string script, RedisKey[] keys, RedisValue[] values) =>
        redis.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster);

    private Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call) => _calls.CallAsync(call);
}
