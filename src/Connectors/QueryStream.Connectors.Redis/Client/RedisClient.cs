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
    private readonly CallFailures _failures;
    private readonly OutageLog _outage;
    private readonly ConnectFailure _connectFailure = new();
    private readonly LazyConnection _connection;

    public RedisClient(RedisAddress address, RedisClientOptions options, OutageLog outage)
    {
        _address = address;
        _options = options;
        _failures = new CallFailures(address, options);
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
                _outage.OnFailure(_failures.Reason(e.Exception, connection));
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
        catch (RedisConnectionException e) when (_failures.RefusedLogin(e) is { } refused)
        {
            return refused;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return new RedisReply.Unavailable(_failures.Reason(e, connection));
        }
    }
}
