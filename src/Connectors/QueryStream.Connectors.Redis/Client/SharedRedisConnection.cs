namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// The one connection of this process to a server: opens a session when there is something to flush and none lives, and says
/// once when writes stop being taken, and once when they are again.
/// </summary>
internal sealed class SharedRedisConnection(RedisServerLink link) : IAsyncDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RevivalInterval = TimeSpan.FromSeconds(1);

    // Guards the fields below. Invariant: at most one session is being opened or lives; dead ones are in _closing until they
    // have let go.
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _closing = [];
    private readonly CancellationTokenSource _closed = new();
    private Task _reviving = Task.CompletedTask;
    private Task<(RedisSession? Session, RedisReply? Failure)>? _opening;
    private RedisSession? _session;
    private bool _isClosed;
    private bool _wasConnected;
    private bool _isLost;

    /// <summary>The number of shares. Guarded by the lock of the registry that holds this connection.</summary>
    public int Shares { get; set; }

    /// <summary>Executes a flush, on a new session where none lives.</summary>
    public async Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        RedisReply reply = LiveSession() is { } session
            ? await session.FlushAsync(flush).WaitAsync(cancellationToken).ConfigureAwait(false)
            : await FlushOnNewAsync(flush, cancellationToken).ConfigureAwait(false);
        Note(reply);
        return reply;
    }

    /// <summary>Closes the session. Flushes that are under way end as unavailable.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<(RedisSession? Session, RedisReply? Failure)>? opening;
        Task reviving;
        lock (_lock)
        {
            _isClosed = true;
            opening = _opening;
            reviving = _reviving;
            if (_session is { } session)
            {
                Close(session);
            }
        }

        await _closed.CancelAsync().ConfigureAwait(false);
        if (opening is not null)
        {
            await opening.ConfigureAwait(false);
        }

        await reviving.ConfigureAwait(false);
        _closed.Dispose();
        Task[] closing;
        lock (_lock)
        {
            closing = [.. _closing];
        }

        // A frozen server holds up the closing of its sessions; nothing depends on waiting for that.
        await Task.WhenAny(Task.WhenAll(closing), Task.Delay(LongestGoodbye, CancellationToken.None)).ConfigureAwait(false);
    }

    private RedisSession? LiveSession()
    {
        lock (_lock)
        {
            return _session;
        }
    }

    private async Task<RedisReply> FlushOnNewAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        (RedisSession? session, RedisReply? failure) = await OpenAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return session is null ? failure! : await session.FlushAsync(flush).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // All who need a session wait for the same one; that one of them gives up does not end it for the others.
    private Task<(RedisSession? Session, RedisReply? Failure)> OpenAsync()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return Task.FromResult<(RedisSession?, RedisReply?)>((null, new RedisReply.Unavailable("the connection was closed")));
            }

            return _session is not null
                ? Task.FromResult<(RedisSession?, RedisReply?)>((_session, null))
                : _opening ??= Task.Run(OpenOneAsync);
        }
    }

    private async Task<(RedisSession? Session, RedisReply? Failure)> OpenOneAsync()
    {
        (RedisSession? session, RedisReply? failure) opened = (null, null);
        try
        {
            opened = await RedisSession.OpenAsync(link, OnDied).ConfigureAwait(false);
        }
        finally
        {
            bool isFirst = Settle(opened.session);
            if (isFirst)
            {
                Log.Connected(link.Log, link.Address);
            }
        }

        return opened;
    }

    // True for the first session of this connection.
    private bool Settle(RedisSession? session)
    {
        lock (_lock)
        {
            _opening = null;
            if (session is null)
            {
                return false;
            }

            _session = session;
            bool isFirst = !_wasConnected;
            _wasConnected = true;
            if (_isClosed || session.IsDead)
            {
                Close(session);
            }

            return isFirst;
        }
    }

    private void OnDied(RedisSession session, string cause)
    {
        lock (_lock)
        {
            if (_session != session)
            {
                return;
            }

            Close(session);
            if (!_isClosed && _reviving.IsCompleted)
            {
                _reviving = Task.Run(ReviveAsync);
            }
        }

        MarkLost(cause);
    }

    // Connects again by itself, since with nothing to flush nobody else would ask whether the server is back, and say so.
    private async Task ReviveAsync()
    {
        try
        {
            while (!_closed.IsCancellationRequested)
            {
                await Task.Delay(RevivalInterval, link.Time, _closed.Token).ConfigureAwait(false);
                (RedisSession? session, _) = await OpenAsync().ConfigureAwait(false);
                if (session is { IsDead: false })
                {
                    MarkBack();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // Closed: nobody waits for the server any more.
        }
    }

    // Called under the lock. The closing is kept until it is over, for the dispose to wait for.
    private void Close(RedisSession session)
    {
        _session = null;
        Task closing = Task.Run(() => session.DisposeAsync().AsTask());
        _closing.Add(closing);
        _ = closing.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Forget(Task closing)
    {
        lock (_lock)
        {
            _closing.Remove(closing);
        }
    }

    private void Note(RedisReply reply)
    {
        switch (reply)
        {
            case RedisReply.Written:
                MarkBack();
                break;
            case RedisReply.Unavailable unavailable:
                MarkLost(unavailable.Said);
                break;
            case RedisReply.Failed error when Sink.RedisErrors.MayPass(error.Code) && error.Code != Sink.RedisErrors.ScriptLost:
                MarkLost(error.Message);
                break;
        }
    }

    private void MarkLost(string said)
    {
        lock (_lock)
        {
            // Before the first connection it is the start that fails, and says so.
            if (_isLost || _isClosed || !_wasConnected)
            {
                return;
            }

            _isLost = true;
        }

        Log.Lost(link.Log, link.Address, said);
    }

    private void MarkBack()
    {
        lock (_lock)
        {
            if (!_isLost)
            {
                return;
            }

            _isLost = false;
        }

        Log.Back(link.Log, link.Address);
    }
}
