using System.Net.Sockets;
using System.Security.Authentication;
using QueryStream.Connectors.Redis.Sink;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// The connection of this process to one address. StackExchange.Redis connects, reconnects and finds the master; this class turns flushes into
/// calls and exceptions into replies. The reasons of its configuration are in docs/design/redis-sink.md.
/// </summary>
internal sealed class RedisClient : IAsyncDisposable
{
    private readonly RedisAddress _address;
    private readonly RedisClientOptions _options;
    private readonly OutageLog _outage;
    private readonly ConnectFailure _connectFailure = new();
    private readonly LazyConnection _connection;

    public RedisClient(RedisAddress address, RedisClientOptions options, OutageLog outage)
    {
        _address = address;
        _options = options;
        _outage = outage;
        _connection = new LazyConnection(ConnectAsync);
    }

    /// <summary>Executes a flush. See <see cref="IRedisConnection.FlushAsync"/>.</summary>
    public async Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        RedisReply reply = await ExecuteAsync(flush).WaitAsync(cancellationToken).ConfigureAwait(false);
        switch (reply)
        {
            case RedisReply.Written:
                _outage.OnSuccess();
                break;
            case RedisReply.Unavailable unavailable:
                _outage.OnFailure(unavailable.Reason);
                break;
            case RedisReply.Failed error when RedisErrors.IsTransient(error.Code) && error.Code != RedisErrors.ScriptLost:
                _outage.OnFailure(error.Message);
                break;
        }

        return reply;
    }

    /// <summary>Closes the connection without waiting for replies: pending flushes end as unavailable.</summary>
    public ValueTask DisposeAsync()
    {
        _outage.Dispose();
        return _connection.CloseAsync(awaitReplies: false);
    }

    private static bool HasMaster(IConnectionMultiplexer connection) =>
        connection.GetServers().Any(server => server is { IsConnected: true, IsReplica: false });

    private static bool HasReplica(IConnectionMultiplexer connection) =>
        connection.GetServers().Any(server => server is { IsConnected: true, IsReplica: true });

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        ConfigurationOptions configuration = RedisConfiguration.ForSinks(_address, _options);
        configuration.LoggerFactory = _connectFailure;
        IConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);

        // Log outages even while nothing is written. Connections to replicas do not matter.
        connection.ConnectionFailed += (_, e) =>
        {
            if (!HasMaster(connection))
            {
                _outage.OnFailure(Reason(e.Exception, connection));
            }
        };
        connection.ConnectionRestored += (_, _) =>
        {
            if (HasMaster(connection))
            {
                _outage.OnSuccess();
            }
        };
        return connection;
    }

    private async Task<RedisReply> ExecuteAsync(RedisFlush flush)
    {
        Task<IConnectionMultiplexer> connecting = _connection.GetAsync();
        if (!connecting.IsCompleted && await Task.WhenAny(connecting, _connectFailure.Reason).ConfigureAwait(false) != connecting)
        {
            return new RedisReply.Unavailable(await _connectFailure.Reason.ConfigureAwait(false));
        }

        IConnectionMultiplexer connection = await connecting.ConfigureAwait(false);
        try
        {
            Task<RedisResult> call = connection.GetDatabase(0).ScriptEvaluateAsync(
                FlushScript.Text,
                FlushScript.Keys(flush),
                FlushScript.Values(flush, _address.Database),
                CommandFlags.DemandMaster | CommandFlags.NoRedirect);
            return FlushScript.Read(await call.ConfigureAwait(false));
        }
        catch (RedisServerException e)
        {
            return RedisReply.Failed.From(e.Message);
        }
        catch (RedisCommandException e) when (connection.GetServers().Any(server => server.ServerType == ServerType.Cluster))
        {
            return RedisReply.Failed.From($"CROSSSLOT {e.Message}");
        }
        catch (RedisConnectionException e) when (RefusedLogin(e) is { } refused)
        {
            return refused;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return new RedisReply.Unavailable(Reason(e, connection));
        }
    }

    // Detects a refused login. The library keeps only the server's last reply, which does not say that the password was wrong.
    private RedisReply.Failed? RefusedLogin(Exception e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            // A rejected certificate has the same failure type, but an AuthenticationException inside.
            if (cause is RedisConnectionException
                {
                    FailureType: ConnectionFailureType.AuthenticationFailure, InnerException: not AuthenticationException,
                })
            {
                return _address.User is null && _options.Password is null
                    ? RedisReply.Failed.From("NOAUTH the server requires a password")
                    : RedisReply.Failed.From("WRONGPASS the server accepts neither this user with this password nor anyone without");
            }

            if (cause is RedisServerException { Message: var message } && message.Contains("NOPERM ", StringComparison.Ordinal))
            {
                return RedisReply.Failed.From(message[message.IndexOf("NOPERM ", StringComparison.Ordinal)..]);
            }
        }

        return null;
    }

    // The library's messages contain pages of internal state. The cause, if there is one, is the innermost exception.
    private string Reason(Exception? exception, IConnectionMultiplexer connection) => exception?.GetBaseException() switch
    {
        TimeoutException => $"no response for {_options.ResponseTimeout.TotalSeconds:0.#} s",
        SocketException or AuthenticationException or IOException => exception.GetBaseException().Message,
        RedisConnectionException { FailureType: ConnectionFailureType.SocketClosed } => "the connection was closed",
        RedisCommandException or RedisConnectionException when HasReplica(connection) => "READONLY only replicas are connected",
        RedisConnectionException or ObjectDisposedException or null => "no connection",
        InvalidOperationException e => $"the reply is not a Redis reply: {e.Message}",
        { } e => e.Message,
    };
}
