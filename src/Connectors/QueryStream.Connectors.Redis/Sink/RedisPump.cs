using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>
/// Sends the outbox of one subtask to Redis, with several flushes in flight, each chained to its predecessor. After a failure it resends all
/// unacknowledged rows under new numbers. All methods except <see cref="OpenAsync"/> and <see cref="DisposeAsync"/> run in turns of the task.
/// </summary>
internal sealed class RedisPump : IAsyncDisposable
{
    private readonly SinkContext _context;
    private readonly string _sink;
    private readonly RedisSinkOptions _options;
    private readonly ILogger _log;
    private readonly RedisFence _fence;
    private readonly byte[] _channel;
    private readonly RedisOutbox _outbox;

    // Oldest first. Abandoned flushes are removed, so their replies have no effect.
    private readonly Queue<SentFlush> _inFlight = new();
    private IRedisConnection? _connection;

    // Null until the pump opens if the job sets none.
    private RedisAddress _address;
    private IDisposable? _pause;
    private long _number;
    private int _failures;
    private bool _isChained;
    private bool _isFlushRequested;

    public RedisPump(SinkContext context, string sink, RedisAddress? address, RedisSinkOptions options)
    {
        _context = context;
        _sink = sink;
        _address = address!;
        _options = options;
        _log = context.Loggers.CreateLogger<RedisPump>();
        _fence = RedisFence.Of(context.Task, sink);
        _channel = Encoding.UTF8.GetBytes(options.Channel);
        _outbox = new RedisOutbox(options);
    }

    /// <summary>Whether the limit of unacknowledged rows is reached.</summary>
    public bool IsFull => _outbox.IsFull;

    /// <summary>Whether all rows are acknowledged.</summary>
    public bool IsFlushed => _outbox.IsFlushed;

    // One flush in flight after a failure, until Redis has executed it: if it fails, its successors would be refused too.
    private int Window => _failures > 0 ? 1 : _options.MaxFlushesInFlight;

    /// <summary>Connects, and raises the fence to this attempt.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        IRedisConnections connections = _context.Service<IRedisConnections>();
        _address ??= connections.Address;
        _connection = connections.Acquire(_address);
        using CancellationTokenSource limit = new(_options.StartTimeout, _context.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string reason = $"no response within {_options.StartTimeout.TotalSeconds:0.#} s";
        try
        {
            while (await ClaimAsync(either.Token).ConfigureAwait(false) is { } failure)
            {
                reason = failure;
                await Task.Delay(_options.RetryDelay, _context.Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RedisErrors.Unavailable(_address, reason);
        }
    }

    /// <summary>Adds rows to the outbox and sends flushes.</summary>
    public void Write(ReadOnlySpan<RedisUpsert> rows)
    {
        _outbox.Add(rows);
        SendAll();
    }

    /// <summary>Sends all rows, even if they do not fill a flush.</summary>
    public void Flush()
    {
        _isFlushRequested = true;
        SendAll();
    }

    /// <summary>Releases the connection. Called after the task has closed, when no more turns run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Returns null if this attempt now owns the fence, else the temporary problem.
    private async Task<string?> ClaimAsync(CancellationToken cancellationToken)
    {
        RedisFlush claim = NextFlush([], isChained: false);
        switch (await _connection!.FlushAsync(claim, cancellationToken).ConfigureAwait(false))
        {
            case RedisReply.Written:
                _isChained = true;
                return null;
            case RedisReply.Refused refused when refused.Attempt > claim.Attempt.Number:
                throw RedisErrors.Stale(_address, _sink, claim, refused);
            case RedisReply.Refused refused:
                _number = Math.Max(_number, refused.Number);
                return $"the fence '{_fence.Field}' of '{_fence.Key}' is at {refused.Attempt}:{refused.Number}";
            case RedisReply.Failed error when !RedisErrors.IsTransient(error.Code):
                throw RedisErrors.Refused(_address, _sink, _fence, error);
            case RedisReply.Failed error:
                return error.Message;
            case RedisReply.Unavailable unavailable:
                return unavailable.Reason;
            case var other:
                throw new InvalidOperationException($"Unknown reply {other}.");
        }
    }

    // Sends at once if nothing is in flight; otherwise rows gather until they fill a flush.
    private void SendAll()
    {
        while (_pause is null && _inFlight.Count < Window && _outbox.Take(onlyFull: _inFlight.Count > 0 && !_isFlushRequested) is { } rows)
        {
            Send(new SentFlush(rows, NextFlush(rows.ToRedis(), _isChained), _context.Time.GetTimestamp()));
            _isChained = true;
        }

        _isFlushRequested &= _outbox.HasWaiting;
    }

    // The call is made here and not in the started work, since only turns are ordered. It does not block.
    private void Send(SentFlush sent)
    {
        _inFlight.Enqueue(sent);
        Task<RedisReply> call = _connection!.FlushAsync(sent.Flush, CancellationToken.None);
        _context.Start(cancellationToken => call.WaitAsync(cancellationToken), result => OnAnswer(sent, result));
    }

    private RedisFlush NextFlush(RedisRow[] rows, bool isChained) =>
        new(_fence, _context.Region, _context.Attempt, ++_number, isChained, _options.Ttl, _channel, rows);

    // Replies are handled in the order of their flushes, whatever the order of arrival.
    private void OnAnswer(SentFlush sent, in IoResult<RedisReply> result)
    {
        sent.Reply = result.Value;
        sent.RepliedAt = _context.Time.GetTimestamp();
        while (_inFlight.TryPeek(out SentFlush? oldest) && oldest.Reply is { } reply)
        {
            OnReply(oldest, reply);
        }

        SendAll();
    }

    private void OnReply(SentFlush sent, RedisReply reply)
    {
        switch (reply)
        {
            case RedisReply.Written:
                _inFlight.Dequeue();
                EndFailures();
                _context.AddWrite(_context.Time.GetElapsedTime(sent.At, sent.RepliedAt));
                _context.AddBytes(sent.Rows.WrittenBytes);
                _context.Acknowledged(sent.Rows.Writes);
                _outbox.Acknowledge(sent.Rows);
                break;
            case RedisReply.Refused refused when refused.Attempt > sent.Flush.Attempt.Number:
                throw RedisErrors.Stale(_address, _sink, sent.Flush, refused);
            case RedisReply.Refused refused:
                Log.FlushRefused(_log, _sink, _fence.Field, refused.Attempt, refused.Number, sent.Flush.Number);
                _number = Math.Max(_number, refused.Number);
                Resend(immediately: true);
                break;
            case RedisReply.Failed error when !RedisErrors.IsTransient(error.Code):
                throw RedisErrors.Refused(_address, _sink, _fence, error);
            case RedisReply.Failed { Code: RedisErrors.ScriptLost }:
                Resend(immediately: true);
                break;
            case RedisReply.Failed error:
                ShowProblem(error.Message);
                Resend(immediately: false);
                break;
            case RedisReply.Unavailable unavailable:
                ShowProblem(unavailable.Reason);
                Resend(immediately: false);
                break;
            default:
                throw new InvalidOperationException($"Unknown reply {reply}.");
        }
    }

    // Returns all rows in flight to the outbox, merged with newer ones, to be sent under higher numbers. The abandoned flushes are therefore either
    // executed before the new ones or refused.
    private void Resend(bool immediately)
    {
        _outbox.Restore(_inFlight.Select(sent => sent.Rows));
        _inFlight.Clear();
        _isChained = false;
        _failures++;
        if (_failures > 1 || !immediately)
        {
            _pause = _context.After(RetryDelay(), () =>
            {
                _pause = null;
                SendAll();
            });
        }
    }

    private void ShowProblem(string reason) => _context.ShowProblem($"Redis at {_address} does not accept writes ({reason})");

    private void EndFailures()
    {
        if (_failures > 0)
        {
            _failures = 0;
            _context.ShowProblem(null);
        }
    }

    // Exponential backoff with up to 50 % jitter, so that subtasks do not retry in lockstep.
    private TimeSpan RetryDelay()
    {
        double doubled = _options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(_failures - 1, 30));
        double delay = Math.Min(doubled, _options.MaxRetryDelay.TotalMilliseconds);
        double random = (_context.NextRandom() >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromMilliseconds(delay * (1 - (random / 2)));
    }

    private sealed class SentFlush(OutboxFlush rows, RedisFlush flush, long at)
    {
        /// <summary>The clock's timestamp when it was sent.</summary>
        public long At { get; } = at;

        /// <summary>The clock's timestamp when the reply came, which may wait for those of flushes before it.</summary>
        public long RepliedAt { get; set; }

        public OutboxFlush Rows { get; } = rows;

        public RedisFlush Flush { get; } = flush;

        public RedisReply? Reply { get; set; }
    }
}
