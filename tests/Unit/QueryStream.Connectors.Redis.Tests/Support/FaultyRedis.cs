using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>
/// The embedded store behind a bad network: answers get lost, flushes are executed late or never, and in the order of each
/// connection only; the server returns errors, forgets the script, forgets the fence. All by a seed.
/// </summary>
internal sealed class FaultyRedis(InMemoryRedis store, SeededRandom random) : IRedisConnections, IRedisConnection
{
    // Guards the fields below: flushes come from the writer's loop, late executions from the test.
    private readonly Lock _lock = new();
    private readonly List<Queue<RedisFlush>> _oldConnections = [];
    private readonly IRedisConnection _store = store.Share(RedisAddress.Parse("store:1"));
    private readonly List<(RedisFlush Flush, TaskCompletionSource<RedisReply> Reply)> _open = [];
    private bool _isHealthy;
    private int _faults;

    /// <summary>How often something went wrong.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public IRedisConnection Share(RedisAddress address) => this;

    public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        TaskCompletionSource<RedisReply> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _open.Add((flush, reply));
        }

        return reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>From now on everything works; what is on old connections still comes.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _isHealthy = true;
        }
    }

    /// <summary>Does one thing: executes, fails, loses, or delivers late.</summary>
    public async Task StepAsync()
    {
        (RedisFlush? flush, TaskCompletionSource<RedisReply>? reply, int fate) = Choose();
        if (flush is null)
        {
            return;
        }

        // On healthy days and in half of the other cases the flush is executed and answered.
        RedisReply result = fate switch
        {
            <= 5 or 9 => await _store.FlushAsync(flush, CancellationToken.None),
            6 => RedisReply.Failed.From("OOM command not allowed"),
            7 => RedisReply.Failed.From("NOSCRIPT No matching script"),
            _ => new RedisReply.Unavailable("lost before it came"),
        };
        if (fate >= 6)
        {
            Interlocked.Increment(ref _faults);
        }

        reply?.SetResult(fate == 9 ? new RedisReply.Unavailable("the answer was lost") : result);
    }

    /// <summary>Delivers all that is still on old connections.</summary>
    public async Task DeliverAllAsync()
    {
        foreach (Queue<RedisFlush> connection in _oldConnections)
        {
            while (connection.TryDequeue(out RedisFlush? flush))
            {
                await _store.FlushAsync(flush, CancellationToken.None);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (RedisFlush? Flush, TaskCompletionSource<RedisReply>? Reply, int Fate) Choose()
    {
        lock (_lock)
        {
            Queue<RedisFlush>[] late = [.. _oldConnections.Where(connection => connection.Count > 0)];
            if (late.Length > 0 && random.Next(3) == 0)
            {
                return (late[random.Next(late.Length)].Dequeue(), null, 0);
            }

            if (_open.Count == 0)
            {
                return (null, null, 0);
            }

            if (!_isHealthy && random.Next(8) == 0)
            {
                BreakConnection();
                return (null, null, 0);
            }

            (RedisFlush flush, TaskCompletionSource<RedisReply> reply) = _open[0];
            _open.RemoveAt(0);
            return (flush, reply, _isHealthy ? 0 : random.Next(10));
        }
    }

    // The client hears that all it has under way is lost; in truth its bytes are still there, and come when they come.
    private void BreakConnection()
    {
        _faults++;
        _oldConnections.Add(new Queue<RedisFlush>(_open.Select(call => call.Flush)));
        foreach ((RedisFlush _, TaskCompletionSource<RedisReply> reply) in _open)
        {
            reply.SetResult(new RedisReply.Unavailable("the connection was lost"));
        }

        _open.Clear();
    }

}
