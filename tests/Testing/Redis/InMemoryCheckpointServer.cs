using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis.Checkpoints;
using StackExchange.Redis;

namespace QueryStream.Testing.Redis;

/// <summary>The connection of one process to an <see cref="InMemoryCheckpointServer"/>.</summary>
public interface ICommandPath
{
    /// <summary>Sends a command, which executes it or not, now or later. An outage is a <see cref="TimeoutException"/>.</summary>
    Task<TResult> SendAsync<TResult>(Func<TResult> execute);
}

/// <summary>
/// A Redis server in memory that stores checkpoints: <see cref="RedisCheckpointStorage"/> without the scripts in Lua, whose meaning it has. Outlives
/// the processes that use it. Used by one thread.
/// </summary>
public sealed class InMemoryCheckpointServer
{
    private readonly SortedDictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _epochs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _owners = new(StringComparer.Ordinal);

    /// <summary>Whether it refuses commands that need memory.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether anybody may commit and delete, for tests of what the check of the owner is worth.</summary>
    public bool IsUnfenced { get; set; }

    /// <summary>Opens storages of one process, under <c>redis://</c>.</summary>
    /// <param name="path">How commands get to the server.</param>
    public ICheckpointStorageFactory StoragesOver(ICommandPath path) => new Factory(this, path);

    private void RequireMemory()
    {
        if (IsFull)
        {
            throw new RedisServerException(
                RedisErrorKind.OutOfMemory, CommandFlags.None, "OOM command not allowed when used memory > 'maxmemory'.");
        }
    }

    private bool IsOwned(Ownership owner) => IsUnfenced
        || (_epochs.GetValueOrDefault(owner.EpochKey) == owner.Epoch && _owners.GetValueOrDefault(owner.OwnerKey) == owner.Owner);

    private SortedSet<string> SetOf(string name) =>
        _sets.TryGetValue(name, out SortedSet<string>? set) ? set : _sets[name] = new SortedSet<string>(StringComparer.Ordinal);

    private sealed class Factory(InMemoryCheckpointServer server, ICommandPath path) : ICheckpointStorageFactory
    {
        public IReadOnlyList<string> Schemes => ["redis"];

        public ICheckpointStorage Open(string address) =>
            new RedisCheckpointStorage(StorageAddress.Parse(address, "querystream"), new Commands(server, path), NullLogger.Instance);
    }

    private sealed class Commands(InMemoryCheckpointServer server, ICommandPath path) : ICheckpointCommands
    {
        public Task<long> AcquireAsync(string epochKey, string ownerKey, string owner) => path.SendAsync(() =>
        {
            server.RequireMemory();
            server._owners[ownerKey] = owner;
            return server._epochs[epochKey] = server._epochs.GetValueOrDefault(epochKey) + 1;
        });

        public Task<string> SettingAsync(string name) => path.SendAsync(() => name == "appendonly" ? "yes" : "0");

        public Task<(CommitReply Reply, long Detail)> CommitAsync(
            Ownership owner, IReadOnlyList<string> required, string key, ReadOnlyMemory<byte> value, SetMember member)
        {
            byte[] copy = value.ToArray();
            return path.SendAsync(() =>
            {
                if (!server._epochs.ContainsKey(owner.EpochKey))
                {
                    server.RequireMemory();
                    (server._epochs[owner.EpochKey], server._owners[owner.OwnerKey]) = (owner.Epoch, owner.Owner);
                }

                if (!server.IsOwned(owner))
                {
                    return (CommitReply.Fenced, server._epochs[owner.EpochKey]);
                }

                for (int i = 0; i < required.Count; i++)
                {
                    if (!server._values.ContainsKey(required[i]))
                    {
                        return (CommitReply.Incomplete, i);
                    }
                }

                server.RequireMemory();
                server._values[key] = copy;
                server.SetOf(member.Set).Add(member.Member);
                return (CommitReply.Committed, 0L);
            });
        }

        public Task<bool> DeleteAsync(Ownership owner, string set, IReadOnlyList<KeyedMember> deleted) => path.SendAsync(() =>
        {
            foreach (KeyedMember one in server.IsOwned(owner) ? deleted : [])
            {
                server._values.Remove(one.Key);
                server.SetOf(set).Remove(one.Member);
            }

            return server.IsOwned(owner);
        });

        public Task<IReadOnlyList<string>> MembersAsync(string set) => path.SendAsync<IReadOnlyList<string>>(() => [.. server.SetOf(set)]);

        public Task<byte[]?> GetAsync(string key) => path.SendAsync(() => server._values.GetValueOrDefault(key));

        public Task<byte[]?> GetRangeAsync(string key, long offset, int count) => path.SendAsync<byte[]?>(() =>
        {
            byte[] value = server._values.GetValueOrDefault(key, []);
            int from = (int)Math.Min(offset, value.Length);
            return value[from..Math.Min(from + count, value.Length)];
        });

        public Task<bool> ExistsAsync(string key) => path.SendAsync(() => server._values.ContainsKey(key));

        public async Task StoreAsync(SetMember member, string key, ReadOnlyMemory<byte> value)
        {
            byte[] copy = value.ToArray();
            Task added = path.SendAsync(() =>
            {
                server.RequireMemory();
                return server.SetOf(member.Set).Add(member.Member);
            });
            Task set = path.SendAsync(() =>
            {
                server.RequireMemory();
                return server._values[key] = copy;
            });
            await Task.WhenAll(added, set);
        }

        public Task<string> ReplaceAsync(string key, string? expected, string value) => path.SendAsync(() =>
        {
            string current = System.Text.Encoding.UTF8.GetString(server._values.GetValueOrDefault(key, []));
            if (current != (expected ?? ""))
            {
                return current;
            }

            server.RequireMemory();
            server._values[key] = System.Text.Encoding.UTF8.GetBytes(value);
            return value;
        });

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
