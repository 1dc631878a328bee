using System.Globalization;
using System.Text;
using QueryStream.Core;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>
/// The store in memory behind a faulty network: replies get lost, flushes are executed late or never (in order per connection), and the server
/// returns errors and forgets the script. All faults come from a seed. Used by one thread.
/// </summary>
internal sealed class FaultyRedis(InMemoryRedis store, ManualTime time, SeededRandom random) : IRedisConnections, IRedisConnection
{
    private readonly List<Queue<RedisFlush>> _oldConnections = [];
    private readonly IRedisConnection _store = store.Acquire(RedisAddress.Parse("store:1"));
    private readonly List<(RedisFlush Flush, TaskCompletionSource<RedisReply> Reply)> _open = [];
    private readonly StringBuilder _trace = new();
    private bool _isHealthy;

    /// <summary>The number of faults.</summary>
    public int Faults { get; private set; }

    /// <summary>All sent flushes, with time and number.</summary>
    public string Trace => _trace.ToString();

    public IRedisConnection Acquire(RedisAddress address) => this;

    public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
    {
        string rows = string.Join(' ', flush.Rows.Select(row => Encoding.UTF8.GetString(row.Message!)));
        _trace.AppendLine(CultureInfo.InvariantCulture, $"{time.GetTimestamp()} {flush.Number} {flush.IsChained} {rows}");

        // Continuations run synchronously where the reply is set, on the test's thread.
        TaskCompletionSource<RedisReply> reply = new();
        _open.Add((flush, reply));
        return reply.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the faults. Flushes on old connections are still delivered.</summary>
    public void Heal() => _isHealthy = true;

    /// <summary>Performs one random action: execute, fail, lose, or deliver late.</summary>
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
        int outcome = _isHealthy ? 0 : random.Next(10);
        Faults += outcome >= 6 ? 1 : 0;
        reply.SetResult(outcome switch
        {
            <= 5 => await ExecuteAsync(flush),
            6 => RedisReply.Failed.From("OOM command not allowed"),
            7 => RedisReply.Failed.From("NOSCRIPT No matching script"),
            8 => new RedisReply.Unavailable("lost before it came"),
            _ => await ExecuteAndLoseAnswerAsync(flush),
        });
    }

    /// <summary>Delivers all flushes on old connections.</summary>
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

    // The store completes synchronously, so nothing leaves the test's thread.
    private Task<RedisReply> ExecuteAsync(RedisFlush flush) => _store.FlushAsync(flush, CancellationToken.None);

    private async Task<RedisReply> ExecuteAndLoseAnswerAsync(RedisFlush flush)
    {
        await ExecuteAsync(flush);
        return new RedisReply.Unavailable("the answer was lost");
    }

    // The client learns that its flushes in flight are lost, but their bytes are still delivered later.
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
