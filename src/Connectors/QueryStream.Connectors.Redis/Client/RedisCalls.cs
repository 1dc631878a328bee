using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// Calls a server over a separate connection, which the first call opens. A failed call has a short reason. Safe on any thread.
/// </summary>
internal sealed class RedisCalls
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _connectTimeout;
    private readonly CallFailures _failures;
    private readonly ConnectFailure _connectFailure = new();
    private readonly LazyConnection _connection;

    // Whether a call has succeeded.
    private volatile bool _hasConnected;

    public RedisCalls(RedisAddress address, RedisClientOptions options, ConfigurationOptions configuration)
    {
        configuration.LoggerFactory = _connectFailure;
        _connectTimeout = options.ConnectTimeout;
        _failures = new CallFailures(address, options);
        _connection = new LazyConnection(async () => await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false));
    }

    /// <summary>Makes a call.</summary>
    /// <exception cref="RedisCallException">It was not executed, or had no answer.</exception>
    /// <exception cref="RedisServerException">The server refuses it.</exception>
    public async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call)
    {
        IConnectionMultiplexer connection = await _connection.GetAsync().ConfigureAwait(false);
        long startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                T result = await call(connection.GetDatabase()).ConfigureAwait(false);
                _hasConnected = true;
                return result;
            }
            catch (Exception e) when (e is not RedisServerException && CallFailures.IsOfCall(e))
            {
                string reason = await ReasonAsync(e, connection).ConfigureAwait(false);
                if (_hasConnected || reason != CallFailures.NoConnection || TimeProvider.System.GetElapsedTime(startedAt) >= _connectTimeout)
                {
                    throw new RedisCallException(reason, e);
                }
            }

            // The first connection is still opening, or the reason of its failure is not known yet.
            await Task.Delay(FirstRetryDelay, TimeProvider.System).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection.</summary>
    /// <param name="awaitReplies">Whether to wait for pending replies; else calls that wait for one fail.</param>
    public ValueTask CloseAsync(bool awaitReplies) => _connection.CloseAsync(awaitReplies);

    private async Task<string> ReasonAsync(Exception failure, IConnectionMultiplexer connection)
    {
        if (failure is RedisConnectionException && _failures.RefusedLogin(failure) is { } login)
        {
            return $"{login.Message}, see {RedisClientOptions.PasswordVariable}";
        }

        // While nothing was ever connected, only the library's log has the reason.
        bool isFirst = failure is RedisConnectionException && !connection.IsConnected && _connectFailure.Reason.IsCompletedSuccessfully;
        return isFirst ? await _connectFailure.Reason.ConfigureAwait(false) : _failures.Reason(failure, connection);
    }
}

/// <summary>A call was not executed, or had no answer.</summary>
/// <param name="reason">Why, in a few words.</param>
/// <param name="cause">What the library threw.</param>
internal sealed class RedisCallException(string reason, Exception cause) : Exception(reason, cause);
