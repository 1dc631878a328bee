using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>
/// Brings the outbox of one subtask to Redis: several packets under way, each chained to the one before, all that is not
/// acknowledged sent again under new numbers after any failure. One loop, so that its fields need no lock.
/// </summary>
internal sealed class RedisPump : IAsyncDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly SinkContext _context;
    private readonly string _sink;
    private readonly RedisAddress _address;
    private readonly RedisSinkOptions _options;
    private readonly ILogger _log;
    private readonly RedisFence _fence;
    private readonly byte[] _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Sent> _underWay = new();

    // Holds one signal at most: further ones say nothing new, so they are dropped and nobody is slowed.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // 1 while the task wants to see small packets leave at once. Invariant: a request made after rows were added is seen by the
    // loop after these rows; so the loop takes it before it takes rows, and puts it back where rows are left.
    private int _flushRequested;
    private IRedisConnection? _connection;
    private Task? _loop;
    private Task? _signalled;
    private long _number;
    private bool _isChained;
    private int _failures;
    private bool _isDisposed;

    public RedisPump(SinkContext context, string sink, RedisAddress address, RedisSinkOptions options)
    {
        _context = context;
        _sink = sink;
        _address = address;
        _options = options;
        _log = context.Loggers.CreateLogger<RedisPump>();
        _fence = RedisFence.Of(context.Task, sink);
        _channel = Encoding.UTF8.GetBytes(options.Channel);
        Outbox = new RedisOutbox(options);
    }

    /// <summary>What has yet to be brought.</summary>
    public RedisOutbox Outbox { get; }

    // After a failure one packet goes alone until Redis has taken it: those behind it would only be refused with it.
    private int Window => _failures > 0 ? 1 : _options.MaxFlushesInFlight;

    /// <summary>Connects, raises the fence to this attempt, and starts.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _connection = _context.Service<IRedisConnections>().Share(_address);
        using CancellationTokenSource limit = new(_options.StartTimeout, _context.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string said = $"no answer within {_options.StartTimeout.TotalSeconds:0.#} s";
        try
        {
            while (await ClaimAsync(either.Token).ConfigureAwait(false) is { } failure)
            {
                said = failure;
                await Task.Delay(_options.RetryDelay, _context.Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RedisErrors.Unavailable(_address, said);
        }

        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Something was added.</summary>
    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Small packets are to leave at once, too.</summary>
    public void RequestFlush()
    {
        Volatile.Write(ref _flushRequested, 1);
        Signal();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
        {
            await _loop.WaitAsync(LongestGoodbye).ConfigureAwait(false);
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    // Null where this attempt owns the fence now, else what stands in the way for the moment.
    private async Task<string?> ClaimAsync(CancellationToken cancellationToken)
    {
        RedisFlush claim = Number([], isChained: false);
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

    // The top of the loop: whatever ends it but a stop fails the task.
    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                SendAll();
                await WaitAsync().ConfigureAwait(false);
                if (_underWay.TryPeek(out Sent oldest) && oldest.Reply.IsCompleted)
                {
                    await TakeReplyAsync(oldest, await oldest.Reply.ConfigureAwait(false)).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: what is not acknowledged belongs to the next attempt.
        }
        catch (Exception e)
        {
            _context.Fail(e);
        }
    }

    // Sends at once where Redis is idle; while it is busy, rows gather to fill packets.
    private void SendAll()
    {
        bool requested = Interlocked.Exchange(ref _flushRequested, 0) == 1;
        while (_underWay.Count < Window)
        {
            if (Outbox.Take(onlyWhole: _underWay.Count > 0 && !requested) is not { } rows)
            {
                break;
            }

            RedisFlush flush = Number(rows.ToRedis(), _isChained);
            _isChained = true;
            _underWay.Enqueue(new Sent(rows, flush, _connection!.FlushAsync(flush, _stop.Token)));
        }

        if (requested && !Outbox.HasNothingWaiting)
        {
            Volatile.Write(ref _flushRequested, 1);
        }
    }

    private RedisFlush Number(RedisRow[] rows, bool isChained) =>
        new(_fence, _context.Attempt, ++_number, isChained, _options.Ttl, _channel, rows);

    // Until the oldest packet is answered, or something was added while there is room for another packet.
    private async Task WaitAsync()
    {
        if (_underWay.Count == Window)
        {
            await _underWay.Peek().Reply.WaitAsync(_stop.Token).ConfigureAwait(false);
            return;
        }

        _signalled ??= _signal.Reader.WaitToReadAsync(_stop.Token).AsTask();
        Task first = _underWay.TryPeek(out Sent oldest)
            ? await Task.WhenAny(oldest.Reply, _signalled).ConfigureAwait(false)
            : _signalled;
        if (first == _signalled)
        {
            await _signalled.ConfigureAwait(false);
            _signal.Reader.TryRead(out _);
            _signalled = null;
        }
    }

    private async Task TakeReplyAsync(Sent sent, RedisReply reply)
    {
        switch (reply)
        {
            case RedisReply.Written:
                _underWay.Dequeue();
                _failures = 0;

                // First the count, then the flags: who sees that all is flushed must find all counted.
                _context.Acknowledged(sent.Rows.Writes);
                WakeIf(Outbox.Acknowledge(sent.Rows));
                break;
            case RedisReply.Refused refused when refused.Attempt > sent.Flush.Attempt.Number:
                throw RedisErrors.Stale(_address, _sink, sent.Flush, refused);
            case RedisReply.Refused refused:
                Log.FlushRefused(_log, _sink, _fence.Field, sent.Flush.Number, refused.Attempt, refused.Number);
                _number = Math.Max(_number, refused.Number);
                await SendAgainAsync(mayBeAtOnce: true).ConfigureAwait(false);
                break;
            case RedisReply.Failed error when !RedisErrors.IsTransient(error.Code):
                throw RedisErrors.Refused(_address, _sink, _fence, error);
            case RedisReply.Failed error:
                await SendAgainAsync(mayBeAtOnce: error.Code == RedisErrors.ScriptLost).ConfigureAwait(false);
                break;
            case RedisReply.Unavailable:
                await SendAgainAsync(mayBeAtOnce: false).ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"Unknown reply {reply}.");
        }
    }

    // Everything under way goes back, merged with what is newer, and leaves again under numbers above all that were ever
    // used; whatever the old packets still do, they do before that, or are refused.
    private async Task SendAgainAsync(bool mayBeAtOnce)
    {
        WakeIf(Outbox.Restore(_underWay.Select(sent => sent.Rows)));
        _underWay.Clear();
        _isChained = false;
        _failures++;
        if (_failures > 1 || !mayBeAtOnce)
        {
            await Task.Delay(Pause(), _context.Time, _stop.Token).ConfigureAwait(false);
        }
    }

    // Doubles up to the longest, less up to a half by chance, so that many subtasks do not come back in step.
    private TimeSpan Pause()
    {
        double longest = Math.Min(_options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(_failures - 1, 30)), _options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (1 - (Random.Shared.NextDouble() / 2)));
    }

    private void WakeIf(bool changed)
    {
        if (changed)
        {
            _context.Wake();
        }
    }

    private readonly record struct Sent(OutboxFlush Rows, RedisFlush Flush, Task<RedisReply> Reply);
}
