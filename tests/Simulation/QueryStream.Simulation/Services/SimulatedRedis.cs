using QueryStream.Connectors.Redis;
using QueryStream.Core;
using QueryStream.Simulation.Faults;
using QueryStream.TestKit;

namespace QueryStream.Simulation.Services;

/// <summary>
/// Redis as one process sees it: flushes arrive in order and after a delay, also when the process has died meanwhile; while it is down, it may or may
/// not execute what it does not answer.
/// </summary>
/// <param name="server">The server, which outlives the process.</param>
/// <param name="world">The clock of the world.</param>
/// <param name="time">The process's clock.</param>
/// <param name="faults">What is wrong at the moment.</param>
/// <param name="random">Draws delays and lost answers.</param>
internal sealed class SimulatedRedis(InMemoryRedis server, ManualTime world, ProcessTime time, ActiveFaults faults, SeededRandom random)
    : IRedisConnections
{
    private const int MaxDelay = 30;
    private const int MaxDelayOfFew = 3_000;
    private const int Few = 40;

    public IRedisConnection Acquire(RedisAddress address) => new Connection(this, server.Acquire(address));

    // A few are under way for so long that the next attempt writes before them.
    private TimeSpan Delay(out bool isLong)
    {
        isLong = random.Next(Few) == 0;
        return TimeSpan.FromMilliseconds(1 + random.Next(isLong ? MaxDelayOfFew : MaxDelay));
    }

    // Requests and answers keep their order, as on one TCP connection. No task is awaited twice: .NET resumes the second caller on another thread.
    private sealed class Connection(SimulatedRedis redis, IRedisConnection inner) : IRedisConnection
    {
        private DateTimeOffset _lastRequest;
        private DateTimeOffset _lastAnswer;

        public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
        {
            TaskCompletionSource<RedisReply> answer = new();
            RedisFlush sent = redis.Fenced(flush);
            redis.After(isRequest: true, ref _lastRequest, () => _ = ExecuteAsync(sent, answer));
            return answer.Task;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private async Task ExecuteAsync(RedisFlush flush, TaskCompletionSource<RedisReply> answer)
        {
            bool isDown = redis.IsDown;
            RedisReply reply = isDown && redis.Chance(2)
                ? new RedisReply.Unavailable("simulated outage")
                : await inner.FlushAsync(flush, CancellationToken.None).ConfigureAwait(false);
            RedisReply answered = isDown ? new RedisReply.Unavailable("simulated lost answer") : reply;
            redis.After(isRequest: false, ref _lastAnswer, () => answer.TrySetResult(answered));
        }
    }

    // A fence for each attempt compares none.
    private RedisFlush Fenced(RedisFlush flush) => faults.Has(Mutation.AttemptsNotCompared)
        ? flush with { Fence = flush.Fence with { Key = $"{flush.Fence.Key}/{flush.Attempt.Number}" } }
        : flush;

    private bool IsDown => faults.RedisIsDown;

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    // A request that takes long is sent again and again by its host, and so is lost with it.
    private void After(bool isRequest, ref DateTimeOffset last, Action action)
    {
        DateTimeOffset now = world.GetUtcNow();
        DateTimeOffset due = now + Delay(out bool isLong);
        last = due > last ? due : last;
        TimeProvider clock = isRequest && !isLong ? world : time;
        _ = clock.CreateTimer(_ => action(), null, last - now, Timeout.InfiniteTimeSpan);
    }
}
