using System.Globalization;
using System.Text;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>
/// The embedded store behind a bad network: answers get lost; flushes are executed late or never, each connection's in their order; the server
/// returns errors and forgets the script. All by a seed, on one thread.
/// </summary>
internal sealed class FaultyRedis(InMemoryRedis store, ManualTime time, SeededRandom random) : IRedisConnections, IRedisConnection
{
    private readonly List<Queue<RedisFlush>> _oldConnections = [];
    private readonly IRedisConnection _store = store.Share(RedisAddress.Parse("store:1"));
    private readonly List<(RedisFlush Flush, TaskCompletionSource<RedisReply> Reply)> _open = [];
    private readonly StringBuilder _trace = new();
    private bool _isHealthy;

    /// <summary>How often something went wrong.</summary>
    public int Faults { get; private set; }

    /// <summary>All flushes that were sent: when, with which number, and what was in them.</summary>
    public string Trace => _trace.ToString();

    public IRedisConnection Share(RedisAddress address) => this;

    public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        string rows = string.Join(' ', flush.Rows.Select(row => Encoding.UTF8.GetString(row.Message!)));
        _trace.AppendLine(CultureInfo.InvariantCulture, $"{time.GetTimestamp()} {flush.Number} {flush.IsChained} {rows}");

        // Continuations run where the reply is set, on the test's thread.
        TaskCompletionSource<RedisReply> reply = new();
        _open.Add((flush, reply));
        return reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>From now on everything works; what is on old connections is still delivered.</summary>
    public void Heal() => _isHealthy = true;

    /// <summary>Does one thing: executes, fails, loses, or delivers late.</summary>
    public async Task StepAsync()
    {
        Queue<RedisFlush>[] late = [.. _oldConnections.Where(connection => connection.Count > 0)];
        if (late.Length > 0 && random.Next(3) == 0)
        {
            await ExecuteAsync(late[random.Next(late.Length)].Dequeue());
            return;
        }

        if (_open.Count == 0)
        {
            return;
        }

        if (!_isHealthy && random.Next(8) == 0)
        {
            BreakConnection();
            return;
        }

        (RedisFlush flush, TaskCompletionSource<RedisReply> reply) = _open[0];
        _open.RemoveAt(0);
        int fate = _isHealthy ? 0 : random.Next(10);
        Faults += fate >= 6 ? 1 : 0;
        reply.SetResult(fate switch
        {
            <= 5 => await ExecuteAsync(flush),
            6 => RedisReply.Failed.From("OOM command not allowed"),
            7 => RedisReply.Failed.From("NOSCRIPT No matching script"),
            8 => new RedisReply.Unavailable("lost before it came"),
            _ => await ExecuteAndLoseAnswerAsync(flush),
        });
    }

    /// <summary>Delivers all that is still on old connections.</summary>
    public async Task DeliverAllAsync()
    {
        foreach (Queue<RedisFlush> connection in _oldConnections)
        {
            while (connection.TryDequeue(out RedisFlush? flush))
            {
                await ExecuteAsync(flush);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The store answers at once, so nothing here leaves the test's thread.
    private Task<RedisReply> ExecuteAsync(RedisFlush flush) => _store.FlushAsync(flush, CancellationToken.None);

    private async Task<RedisReply> ExecuteAndLoseAnswerAsync(RedisFlush flush)
    {
        await ExecuteAsync(flush);
        return new RedisReply.Unavailable("the answer was lost");
    }

    // The client is told that all it has in flight is lost; in truth its bytes are still on their way.
    private void BreakConnection()
    {
        Faults++;
        (RedisFlush Flush, TaskCompletionSource<RedisReply> Reply)[] open = [.. _open];
        _open.Clear();
        _oldConnections.Add(new Queue<RedisFlush>(open.Select(call => call.Flush)));
        foreach ((RedisFlush _, TaskCompletionSource<RedisReply> reply) in open)
        {
            reply.SetResult(new RedisReply.Unavailable("the connection was lost"));
        }
    }
}
