using System.Globalization;
using QueryStream.Connectors.Redis.Sink;
using QueryStream.Connectors.Redis.Tests.Support;
using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Texts;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests;

/// <summary>
/// Random orders of writes, losses, late executions and errors: finally the newest value of each key is stored, the last message of each key has that
/// value, values of a key never go back, and each row is acknowledged once. Equal seeds give equal runs.
/// </summary>
public sealed class RedisOrderTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_newest_value_is_stored_and_published_last_whatever_goes_wrong(int seed)
    {
        Run run = new(seed);
        await run.WriteAsync();

        Assert.Equal(run.Written, run.Acknowledged);
        run.AssertOrder();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_is_the_same_each_time(int seed)
    {
        (Run first, Run second, Run other) = (new(seed), new(seed), new(seed + 100));
        await first.WriteAsync();
        await second.WriteAsync();
        await other.WriteAsync();

        Assert.Equal(first.Trace, second.Trace);
        Assert.NotEqual(first.Trace, other.Trace);
    }

    private sealed class Run
    {
        private const int Keys = 5;
        private const int Rounds = 120;
        private const int EnoughFaults = 15;
        private const int MaxSteps = 100_000;

        private readonly SeededRandom _random;
        private readonly ManualTime _time = new();
        private readonly InMemoryRedis _store;
        private readonly FaultyRedis _redis;
        private readonly RedisSubscription _messages;
        private readonly TurnHost _host;
        private readonly RedisPump _pump;
        private readonly int[] _newest = new int[Keys];

        public Run(int seed)
        {
            _random = new SeededRandom((ulong)seed);
            _store = new InMemoryRedis(_time);
            _messages = _store.Subscribe("updates");
            _redis = new FaultyRedis(_store, _time, new SeededRandom((ulong)seed * 7919));
            _host = new TurnHost(_time, new SeededRandom((ulong)seed * 104_729), _redis);
            SinkContext context = new(
                new TaskId(new JobId(1), new VertexId(1), 0), new Attempt(0), 1, _host, rows => Acknowledged += rows);
            _pump = new RedisPump(context, "results", RedisAddress.Parse("here:6379"), new RedisSinkOptions
            {
                Channel = "updates",
                MaxFlushRows = 1 + _random.Next(3),
                MaxFlushesInFlight = 1 + _random.Next(4),
                MaxPendingRows = 4 + _random.Next(8),
                StartTimeout = TimeSpan.FromSeconds(10),
            });
        }

        public long Written { get; private set; }

        public long Acknowledged { get; private set; }

        public string Trace => _redis.Trace;

        public async Task WriteAsync()
        {
            // Makes all continuations run on this thread, in an order given by the seed.
            SynchronizationContext.SetSynchronizationContext(null);
            Task open = _pump.OpenAsync(CancellationToken.None);
            await DriveAsync("the start", () => open.IsCompleted);
            await open;

            for (int round = 0; round < Rounds || _redis.Faults < EnoughFaults; round++)
            {
                await DriveAsync("room", () => !_pump.IsFull);
                RedisUpsert[] rows = [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => Next())];
                _pump.Write(rows);
                Written += rows.Length;
                for (int steps = _random.Next(4); steps > 0; steps--)
                {
                    await StepAsync(_random.Next(300));
                }
            }

            _redis.Heal();
            _pump.Flush();
            await DriveAsync("the end", () => _pump.IsFlushed);
            await _redis.DeliverAllAsync();
        }

        public void AssertOrder()
        {
            Dictionary<string, int> last = [];
            while (_messages.Messages.TryRead(out Text message))
            {
                string[] parts = message.ToString().Split('=');
                int value = int.Parse(parts[1], CultureInfo.InvariantCulture);
                Assert.True(value >= last.GetValueOrDefault(parts[0]), $"{parts[0]} went back from {last.GetValueOrDefault(parts[0])} to {value}");
                last[parts[0]] = value;
            }

            for (int key = 0; key < Keys; key++)
            {
                Assert.Equal($"{_newest[key]}", _store.Find(Text.From($"k{key}"))?.Value.ToString());
                Assert.Equal(_newest[key], last[$"k{key}"]);
            }
        }

        private RedisUpsert Next()
        {
            int key = _random.Next(Keys);
            int value = ++_newest[key];
            return new RedisUpsert(Text.From($"k{key}"), Text.From($"{value}"), Text.From($"k{key}={value}"));
        }

        private async Task DriveAsync(string what, Func<bool> condition)
        {
            for (int steps = 0; !condition(); steps++)
            {
                Assert.True(steps < MaxSteps, $"Waited for {what} in vain.");
                await StepAsync(milliseconds: 50);
            }
        }

        private async Task StepAsync(int milliseconds)
        {
            await _redis.StepAsync();
            _host.RunTurns();
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _host.RunTurns();
        }
    }
}
