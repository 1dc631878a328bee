using QueryStream.Connectors.Redis.Client;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>The commands on a real server. Connects at the first one.</summary>
/// <param name="options">The server, and how to connect.</param>
internal sealed class CheckpointCommands(ConfigurationOptions options) : ICheckpointCommands
{
    // KEYS epoch, manifest, index   ARGV epoch, manifest, index entry   returns the stored epoch
    private const string CommitScript = """
        local epoch = redis.call('GET', KEYS[1]) or '0'
        if epoch == ARGV[1] then
          redis.call('SET', KEYS[2], ARGV[2])
          redis.call('SADD', KEYS[3], ARGV[3])
        end
        return tonumber(epoch)
        """;

    // KEYS epoch, set, then the keys to delete   ARGV epoch, then the members to remove from the set   returns the stored epoch
    private const string DeleteScript = """
        local epoch = redis.call('GET', KEYS[1]) or '0'
        if epoch == ARGV[1] then
          for i = 3, #KEYS do
            redis.call('DEL', KEYS[i])
            redis.call('SREM', KEYS[2], ARGV[i - 1])
          end
        end
        return tonumber(epoch)
        """;

    private readonly LazyConnection _connection = new(
        async () => await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false));

    public async Task<long> IncrementAsync(string key) =>
        await (await OpenAsync().ConfigureAwait(false)).StringIncrementAsync(key).ConfigureAwait(false);

    public async Task<string> SettingAsync(string name)
    {
        IDatabase redis = await OpenAsync().ConfigureAwait(false);
        RedisResult[] pair = (RedisResult[]?)await redis.ExecuteAsync("CONFIG", "GET", name).ConfigureAwait(false) ?? [];
        return pair.Length == 2 ? (string?)pair[1] ?? "" : "";
    }

    public Task<long> CommitAsync(EpochCheck check, string key, ReadOnlyMemory<byte> value, SetMember member) =>
        RunAsync(CommitScript, [check.Key, key, member.Set], [check.Epoch, value, member.Member]);

    public Task<long> DeleteAsync(EpochCheck check, string set, IReadOnlyList<KeyedMember> deleted) => RunAsync(
        DeleteScript,
        [check.Key, set, .. deleted.Select(one => (RedisKey)one.Key)],
        [check.Epoch, .. deleted.Select(one => (RedisValue)one.Member)]);

    public async Task<IReadOnlyList<string>> MembersAsync(string set) =>
        [.. (await (await OpenAsync().ConfigureAwait(false)).SetMembersAsync(set).ConfigureAwait(false)).Select(member => member.ToString())];

    public async Task<byte[]?> GetAsync(string key) =>
        (byte[]?)await (await OpenAsync().ConfigureAwait(false)).StringGetAsync(key).ConfigureAwait(false);

    public async Task<byte[]?> GetRangeAsync(string key, long offset, int count) =>
        (byte[]?)await (await OpenAsync().ConfigureAwait(false)).StringGetRangeAsync(key, offset, offset + count - 1).ConfigureAwait(false);

    public async Task<bool> ExistsAsync(string key) =>
        await (await OpenAsync().ConfigureAwait(false)).KeyExistsAsync(key).ConfigureAwait(false);

    public async Task StoreAsync(SetMember member, string key, ReadOnlyMemory<byte> value)
    {
        IDatabase redis = await OpenAsync().ConfigureAwait(false);
        await Task.WhenAll(
            redis.SetAddAsync(member.Set, member.Member, CommandFlags.DemandMaster),
            redis.StringSetAsync(key, value, flags: CommandFlags.DemandMaster)).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _connection.CloseAsync(awaitReplies: true);

    private async Task<long> RunAsync(string script, RedisKey[] keys, RedisValue[] values)
    {
        IDatabase redis = await OpenAsync().ConfigureAwait(false);
        return (long)await redis.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster).ConfigureAwait(false);
    }

    private async Task<IDatabase> OpenAsync() => (await _connection.GetAsync().ConfigureAwait(false)).GetDatabase();
}
