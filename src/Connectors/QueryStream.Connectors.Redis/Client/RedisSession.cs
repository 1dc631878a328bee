using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// One connection of the client library, from its opening to the first thing that goes wrong with it. It is never mended:
/// the library's own reconnecting would wait for answers that no longer come, since it has no limit for asynchronous calls.
/// </summary>
internal sealed class RedisSession : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly SocketManager _sockets;
    private readonly IDatabase _database;
    private readonly RedisServerLink _link;
    private readonly Action<RedisSession, string> _died;
    private readonly ITimer _watchdog;
    private readonly CancellationTokenSource _dead = new();

    // Set once, by whoever finds the session broken first; null while it lives. Written before _dead is cancelled, so that
    // all who are woken by that can read it.
    private string? _cause;

    // Calls without an answer, and when the last answer came: what the watchdog judges by. Changed by callers on any thread;
    // a stale time only delays the judgement, since it is renewed before the first call is counted.
    private int _unanswered;
    private long _lastAnswer;

    private RedisSession(ConnectionMultiplexer multiplexer, SocketManager sockets, RedisServerLink link, Action<RedisSession, string> died)
    {
        _multiplexer = multiplexer;
        _sockets = sockets;
        _link = link;
        _died = died;
        _database = multiplexer.GetDatabase(0);
        multiplexer.PreserveAsyncOrder = false;
        multiplexer.ConnectionFailed += (_, e) => Die(Describe(e.FailureType, e.Exception));
        TimeSpan period = link.Options.ResponseTimeout / 4;
        _watchdog = link.Time.CreateTimer(_ => Watch(), null, period, period);
    }

    /// <summary>Whether something went wrong with it.</summary>
    public bool IsDead => Volatile.Read(ref _cause) is not null;

    /// <summary>Connects.</summary>
    /// <param name="link">To where, and how.</param>
    /// <param name="died">Told once, on any thread, if the session dies before it is disposed.</param>
    /// <returns>A session, or the reply that says why there is none.</returns>
    public static async Task<(RedisSession? Session, RedisReply? Failure)> OpenAsync(RedisServerLink link, Action<RedisSession, string> died)
    {
        RedisClientOptions options = link.Options;
        using CancellationTokenSource limit = new(options.ConnectTimeout, link.Time);
        try
        {
            if (await RedisProbe.AskAsync(link.Address, options.Password, limit.Token).ConfigureAwait(false) is { } failure)
            {
                return (null, failure);
            }
        }
        catch (OperationCanceledException)
        {
            return (null, new RedisReply.Unavailable($"no answer within {options.ConnectTimeout.TotalSeconds:0.#} s"));
        }

        // A manager of its own, since a thread that hangs in writing to a frozen server would hold up all that share it.
        SocketManager sockets = new($"redis {link.Address}", useHighPrioritySocketThreads: false);
        try
        {
            ConnectionMultiplexer multiplexer = await ConnectionMultiplexer.ConnectAsync(Configure(link, sockets)).ConfigureAwait(false);
            return (new RedisSession(multiplexer, sockets, link, died), null);
        }
        catch (RedisConnectionException e)
        {
            sockets.Dispose();
            return (null, new RedisReply.Unavailable(Describe(e.FailureType, e)));
        }
    }

    /// <summary>Executes a flush. Calls go out in their order.</summary>
    public async Task<RedisReply> FlushAsync(RedisFlush flush)
    {
        if (Volatile.Read(ref _unanswered) == 0)
        {
            Volatile.Write(ref _lastAnswer, _link.Time.GetTimestamp());
        }

        Interlocked.Increment(ref _unanswered);
        try
        {
            Task<RedisResult> call = _database.ScriptEvaluateAsync(FlushScript.Text, FlushScript.Keys(flush), FlushScript.Values(flush));
            RedisResult result = await call.WaitAsync(_dead.Token).ConfigureAwait(false);
            return FlushScript.Read(result);
        }
        catch (OperationCanceledException)
        {
            return new RedisReply.Unavailable(_cause!);
        }
        catch (RedisServerException e)
        {
            return RedisReply.Failed.From(e.Message);
        }
        catch (Exception e) when (e is RedisConnectionException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            Die(e is RedisConnectionException connection ? Describe(connection.FailureType, e) : e.Message);
            return new RedisReply.Unavailable(_cause!);
        }
        finally
        {
            Volatile.Write(ref _lastAnswer, _link.Time.GetTimestamp());
            Interlocked.Decrement(ref _unanswered);
        }
    }

    /// <summary>
    /// Lets go of the connection without a word to the server. May take as long as a frozen server does: the library's socket
    /// blocks until its buffer is sent. What it still sends, the fence refuses.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.CompareExchange(ref _cause, "the connection was closed", null);
        await _dead.CancelAsync().ConfigureAwait(false);
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        try
        {
            await Task.Run(() => _multiplexer.Close(allowCommandsToComplete: false)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The connection is given up in any case; that the library could not do it neatly is all there is to say.
            Log.CloseFailed(_link.Log, _link.Address, e);
        }

        _sockets.Dispose();
    }

    private static ConfigurationOptions Configure(RedisServerLink link, SocketManager sockets)
    {
        RedisClientOptions options = link.Options;
        ConfigurationOptions configuration = new()
        {
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds,
            KeepAlive = 10,
            Password = options.Password,
            ClientName = "querystream",
            SocketManager = sockets,

            // One socket and no questions about the server: subscriptions would open a second one, and what the library finds
            // out from the rest it would use to refuse writes by itself, or to move them to other servers.
            CommandMap = CommandMap.Create(
                ["SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "CONFIG", "INFO", "CLUSTER", "SET", "GET"], available: false),
            DefaultVersion = new Version(3, 0, 0),
            ConfigurationChannel = "",
            TieBreaker = "",
        };
        configuration.EndPoints.Add(link.Address.Host, link.Address.Port);
        return configuration;
    }

    // The library's own texts are pages of its inner state; what the network said is at the bottom of them, if anything is.
    private static string Describe(ConnectionFailureType type, Exception? exception)
    {
        Exception? innermost = exception?.GetBaseException();
        return innermost is null or RedisConnectionException ? $"the connection was lost: {type}" : $"the connection was lost: {innermost.Message}";
    }

    private void Watch()
    {
        if (Volatile.Read(ref _unanswered) > 0 && _link.Time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) > _link.Options.ResponseTimeout)
        {
            Die($"no answer for {_link.Options.ResponseTimeout.TotalSeconds:0.#} s");
        }
    }

    private void Die(string cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is null)
        {
            // The owner first: whoever is woken by the cancellation and flushes again must not meet this session.
            _died(this, cause);
            _dead.Cancel();
        }
    }
}
