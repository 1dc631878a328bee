using System.Text;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Identity;
using QueryStream.JobSubmit.Demo;
using QueryStream.TestKit;

namespace QueryStream.JobSubmit.Tests;

public sealed class LatestResultsTests
{
    private const string Channel = "updates";

    [Fact]
    public async Task A_message_that_is_no_result_is_passed_over_and_the_newest_result_stays()
    {
        InMemoryRedis redis = new(new ManualTime());
        LatestResults results = new(redis, Channel);
        using CancellationTokenSource stop = new();
        Task following = results.FollowAsync(stop.Token);

        RedisRow[] rows = [Row("""{"type":"year","key":"k","data":{"query_count":7}}"""), Row("""{"type":5}"""), Row("[1]")];
        RedisFence fence = new("fence", "0", "*");
        await redis.Acquire(RedisAddress.Parse("memory:1")).FlushAsync(
            new RedisFlush(fence, new Attempt(0), new Attempt(0), 1, false, TimeSpan.FromDays(1), Encoding.UTF8.GetBytes(Channel), rows),
            stop.Token);
        await Wait.UntilAsync("all messages", () => results.Messages == 3);

        Assert.Equal([("query_count", "7")], results.Find("year")!.Members);
        await stop.CancelAsync();
        await following;
    }

    private static RedisRow Row(string message) => new(Encoding.UTF8.GetBytes(message), [1], Encoding.UTF8.GetBytes(message));
}
