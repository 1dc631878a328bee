using QueryStream.Connectors.Redis.Tests.Support;
using QueryStream.Core.Texts;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests;

/// <summary>
/// Under any interleaving of writes, losses, late executions and errors: at the end the newest value of each key is stored,
/// the last message of each key is that value, values of a key never go back, and each row is acknowledged once.
/// </summary>
public sealed class RedisOrderTests
{
    private const int Keys = 5;
    private const int Rounds = 120;
    private const int EnoughFaults = 15;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_newest_value_is_stored_and_published_last_whatever_goes_wrong(int seed)
    {
        SeededRandom random = new((ulong)seed);
        ManualTime time = new();
        InMemoryRedis store = new(time);
        using RedisSubscription messages = store.Subscribe("updates");
        FaultyRedis redis = new(store, new SeededRandom((ulong)seed * 7919));
        RedisSinkOptions options = new()
        {
            MaxFlushRows = 1 + random.Next(3),
            MaxFlushesInFlight = 1 + random.Next(4),
            MaxPendingRows = 4 + random.Next(8),
            StartTimeout = TimeSpan.FromSeconds(10),
        };
        await using WriterUnderTest writer = new(redis, time, options);
        Task open = writer.Harness.OpenAsync();
        await DriveAsync("the start", redis, time, () => open.IsCompleted);
        await open;

        int[] newest = new int[Keys];
        int written = 0;
        for (int round = 0; round < Rounds || redis.Faults < EnoughFaults; round++)
        {
            await DriveAsync("room", redis, time, () => !writer.Harness.Writer.IsFull);
            (string, int?)[] rows = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Next(random, newest))];
            writer.Write(rows);
            written += rows.Length;
            await StepsAsync(random.Next(4), redis, time, random);
        }

        redis.Heal();
        writer.Harness.Writer.Flush();
        await DriveAsync("the end", redis, time, () => writer.Harness.Writer.IsFlushed);
        await redis.DeliverAllAsync();

        Assert.Equal(written, writer.Harness.Acknowledged);
        Assert.Empty(writer.Harness.Failures);
        AssertOrder(store, messages, newest);
    }

    private static (string Key, int? Value) Next(SeededRandom random, int[] newest)
    {
        int key = random.Next(Keys);
        return ($"k{key}", ++newest[key]);
    }

    private static void AssertOrder(InMemoryRedis store, RedisSubscription messages, int[] newest)
    {
        Dictionary<string, int> last = [];
        while (messages.Messages.TryRead(out Text message))
        {
            string[] parts = message.ToString().Split('=');
            int value = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(value >= last.GetValueOrDefault(parts[0]), $"{parts[0]} went back from {last.GetValueOrDefault(parts[0])} to {value}");
            last[parts[0]] = value;
        }

        for (int key = 0; key < Keys; key++)
        {
            Assert.Equal($"{newest[key]}", store.Find(Text.From($"k{key}"))?.Value.ToString());
            Assert.Equal(newest[key], last[$"k{key}"]);
        }
    }

    private static async Task StepsAsync(int count, FaultyRedis redis, ManualTime time, SeededRandom random)
    {
        for (int i = 0; i < count; i++)
        {
            await redis.StepAsync();
            time.Advance(TimeSpan.FromMilliseconds(random.Next(300)));

            // Lets the writer's loop, which has a thread of its own, have its turn now and then.
            await Task.Yield();
        }
    }

    private static Task DriveAsync(string what, FaultyRedis redis, ManualTime time, Func<bool> condition) => Wait.UntilAsync(what, async () =>
    {
        for (int i = 0; i < 20 && !condition(); i++)
        {
            await redis.StepAsync();
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return condition();
    });
}
