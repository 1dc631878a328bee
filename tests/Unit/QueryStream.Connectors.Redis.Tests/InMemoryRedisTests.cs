using System.Text;
using QueryStream.Core.Identity;
using QueryStream.Core.Texts;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests;

public sealed class InMemoryRedisTests
{
    private readonly ManualTime _time = new();
    private long _number;

    [Fact]
    public async Task A_value_expires_and_is_written_anew()
    {
        InMemoryRedis redis = new(_time);
        await WriteAsync(redis, "a", "1");
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal("1", redis.Find(Text.From("a"))?.Value.ToString());
        Assert.Equal(1, redis.Count);

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null(redis.Find(Text.From("a")));
        Assert.Empty(redis.Newest(10));
        Assert.Equal(0, redis.Count);

        await WriteAsync(redis, "a", "2");
        Assert.Equal("2", redis.Find(Text.From("a"))?.Value.ToString());
    }

    [Fact]
    public async Task Writing_a_key_again_prolongs_its_life()
    {
        InMemoryRedis redis = new(_time);
        await WriteAsync(redis, "a", "1");
        _time.Advance(TimeSpan.FromSeconds(9));
        await WriteAsync(redis, "a", "2");
        _time.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal("2", redis.Find(Text.From("a"))?.Value.ToString());
        Assert.Equal(2, redis.Writes);
    }

    [Fact]
    public async Task The_newest_come_first_and_can_be_chosen_by_prefix()
    {
        InMemoryRedis redis = new(_time);
        foreach (string key in new[] { "x:1", "y:1", "x:2", "x:1" })
        {
            await WriteAsync(redis, key, "v");
        }

        Assert.Equal(["x:1", "x:2", "y:1"], redis.Newest(10).Select(entry => entry.Key.ToString()));
        Assert.Equal(["x:1"], redis.Newest(1).Select(entry => entry.Key.ToString()));
        Assert.Equal(["x:1", "x:2"], redis.Newest(10, "x:").Select(entry => entry.Key.ToString()));
    }

    [Fact]
    public async Task The_oldest_values_give_way_at_the_bound_of_keys()
    {
        InMemoryRedis redis = new(_time, maxKeys: 2);
        foreach (string key in new[] { "a", "b", "a", "c" })
        {
            await WriteAsync(redis, key, "v");
        }

        Assert.Equal(["c", "a"], redis.Newest(10).Select(entry => entry.Key.ToString()));
    }

    [Fact]
    public async Task The_oldest_values_give_way_at_the_bound_of_bytes_but_never_the_last()
    {
        InMemoryRedis redis = new(_time, maxBytes: 10);
        await WriteAsync(redis, "a", "1234");
        await WriteAsync(redis, "b", "1234");
        Assert.Equal(2, redis.Count);

        await WriteAsync(redis, "c", "5");
        Assert.Equal(["c", "b"], redis.Newest(10).Select(entry => entry.Key.ToString()));

        await WriteAsync(redis, "d", "12345678901234567890");
        Assert.Equal(["d"], redis.Newest(10).Select(entry => entry.Key.ToString()));
    }

    [Fact]
    public async Task A_subscriber_that_lags_is_cut_off_and_the_others_go_on()
    {
        InMemoryRedis redis = new(_time);
        using RedisSubscription slow = redis.Subscribe("channel", capacity: 2);
        using RedisSubscription other = redis.Subscribe("channel");
        for (int i = 0; i < 3; i++)
        {
            await WriteAsync(redis, "a", $"{i}");
        }

        Assert.True(slow.Messages.TryRead(out _) && slow.Messages.TryRead(out _));
        await Assert.ThrowsAsync<InvalidOperationException>(() => slow.Messages.WaitToReadAsync().AsTask());
        Assert.Equal(3, other.Messages.Count);
    }

    [Fact]
    public async Task A_subscription_hears_its_channel_only_and_ends_with_its_dispose()
    {
        InMemoryRedis redis = new(_time);
        RedisSubscription mine = redis.Subscribe("channel");
        using RedisSubscription another = redis.Subscribe("another");
        await WriteAsync(redis, "a", "1");
        mine.Dispose();
        await WriteAsync(redis, "a", "2");

        Assert.Equal(0, another.Messages.Count);
        Assert.True(mine.Messages.TryRead(out Text message));
        Assert.Equal("1", message.ToString());
        Assert.False(await mine.Messages.WaitToReadAsync());
    }

    private async Task WriteAsync(InMemoryRedis redis, string key, string value)
    {
        RedisRow row = new(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(value));
        RedisFlush flush = new(
            new RedisFence("fence", "field", "*"),
            new Attempt(0),
            new Attempt(0),
            ++_number,
            IsChained: false,
            TimeSpan.FromSeconds(10),
            Encoding.UTF8.GetBytes("channel"),
            [row]);
        await using IRedisConnection connection = redis.Acquire(RedisAddress.Parse("memory:1"));

        Assert.Equal(RedisReply.Written.Instance, await connection.FlushAsync(flush, CancellationToken.None));
    }
}
