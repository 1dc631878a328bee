using QueryStream.Connectors.Redis.Client;
using QueryStream.Connectors.Redis.Sink;
using QueryStream.Core.Errors;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Reads the values and messages of sinks, for programs that show or check the results of a job. Thread-safe. All calls throw
/// <see cref="ServiceUnavailableException"/> if Redis does not answer, and <see cref="ServiceRefusedException"/> if it answers with an error.
/// </summary>
public sealed class RedisReader : IAsyncDisposable
{
    private const int KeysPerCall = 1_000;

    private readonly RedisAddress _address;
    private readonly RedisCalls _calls;

    private RedisReader(RedisAddress address, RedisCalls calls) => (_address, _calls) = (address, calls);

    /// <summary>Connects.</summary>
    /// <param name="address">The server.</param>
    /// <param name="options">The password and the time limits.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="SettingException">A certificate file that the address names cannot be read.</exception>
    public static async Task<RedisReader> OpenAsync(RedisAddress address, RedisClientOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        RedisReader reader = new(address, new RedisCalls(address, options, RedisConfiguration.ForReaders(address, options)));
        try
        {
            await reader.CallAsync(redis => redis.PingAsync(), cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The values of keys, in the order of the keys; null if there is none.</summary>
    public async Task<IReadOnlyList<string?>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        List<string?> all = [];
        foreach (string[] some in keys.Chunk(KeysPerCall))
        {
            RedisKey[] names = [.. some.Select(key => (RedisKey)key)];
            RedisValue[] values = await CallAsync(redis => redis.StringGetAsync(names), cancellationToken).ConfigureAwait(false);
            all.AddRange(values.Select(value => (string?)value));
        }

        return all;
    }

    /// <summary>All keys with a prefix, in any order. Scans all keys of the server, without blocking other clients.</summary>
    /// <param name="prefix">The prefix, taken literally.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<string>> FindKeysAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string pattern = $"{string.Concat(prefix.Select(c => c is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{c}" : $"{c}"))}*";
        return await CallAsync(
            async redis =>
            {
                IServer server = redis.Multiplexer.GetServers().First(server => server is { IsConnected: true, IsReplica: false });
                HashSet<string> keys = [];
                await foreach (RedisKey key in server.KeysAsync(redis.Database, pattern, KeysPerCall).ConfigureAwait(false))
                {
                    // A key may be listed twice.
                    keys.Add(key.ToString());
                }

                return (IReadOnlyList<string>)[.. keys];
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes keys.</summary>
    public async Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (string[] some in keys.Chunk(KeysPerCall))
        {
            RedisKey[] names = [.. some.Select(key => (RedisKey)key)];
            await CallAsync(redis => redis.KeyDeleteAsync(names), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Subscribes to a channel until the reader is disposed. Messages are lost while there is no connection.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="onMessage">Called for each message, in order, one at a time, on any thread.</param>
    /// <param name="cancellationToken">Gives up waiting for the subscription.</param>
    public async Task SubscribeAsync(string channel, Action<ReadOnlyMemory<byte>> onMessage, CancellationToken cancellationToken)
    {
        ChannelMessageQueue queue = await CallAsync(
            redis => redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel)), cancellationToken).ConfigureAwait(false);
        queue.OnMessage(message => onMessage((ReadOnlyMemory<byte>)message.Message));
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _calls.CloseAsync(awaitReplies: false);

    private async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _calls.CallAsync(call).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException e)
        {
            throw new ServiceRefusedException("Redis", $"Redis at {_address} refuses to be read: {e.Message}", e);
        }
        catch (RedisCallException e)
        {
            throw RedisErrors.Unavailable(_address, e.Message);
        }
    }
}
