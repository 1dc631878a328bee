using System.Collections.Concurrent;
using System.Net.Sockets;

namespace QueryStream.Testing.Redis;

/// <summary>Subscribes to a channel and collects its messages in order.</summary>
public sealed class RedisListener : IAsyncDisposable
{
    private readonly RespConnection _connection;
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly Task _loop;

    private RedisListener(RespConnection connection)
    {
        _connection = connection;
        _loop = Task.Run(ListenAsync);
    }

    /// <summary>The messages so far.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>Whether the connection has ended, as after the server was killed.</summary>
    public bool IsOver => _loop.IsCompleted;

    /// <summary>Subscribes.</summary>
    public static async Task<RedisListener> StartAsync(RedisServer server, string channel)
    {
        RespConnection connection = await server.ConnectAsync();
        await connection.CallAsync("SUBSCRIBE", channel);
        return new RedisListener(connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection.Shutdown();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (await _connection.ReadAsync() is object?[] { Length: 3 } message)
            {
                _messages.Enqueue((string)message[2]!);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // Disposed, or the server is gone, which IsOver reports.
        }
    }
}
