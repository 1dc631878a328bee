using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Connectors.Redis.Tests;

public sealed class ToRedisTests
{
    public static TheoryData<string, RedisSinkOptions> Wrong => new()
    {
        { "redis", new RedisSinkOptions { Address = "here" } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.Zero } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.FromSeconds(1.5) } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.FromDays(10_001) } },
        { "redis.max-pending-bytes", new RedisSinkOptions { MaxPendingBytes = 0 } },
        { "redis.max-pending-rows", new RedisSinkOptions { MaxPendingRows = 0 } },
        { "redis.max-flush-rows", new RedisSinkOptions { MaxFlushRows = 0 } },
        { "redis.max-flush-bytes", new RedisSinkOptions { MaxFlushBytes = 0 } },
        { "redis.max-flushes-in-flight", new RedisSinkOptions { MaxFlushesInFlight = 65 } },
        { "redis.start-timeout", new RedisSinkOptions { StartTimeout = TimeSpan.FromSeconds(11) } },
        { "redis.retry-delay", new RedisSinkOptions { RetryDelay = TimeSpan.FromSeconds(3) } },
    };

    [Fact]
    public void The_defaults_are_allowed() => Define(rows => To(rows, "a", new RedisSinkOptions()));

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_option_is_refused_at_definition_by_its_name(string setting, RedisSinkOptions options)
    {
        SettingException e = Assert.Throws<SettingException>(() => Define(rows => To(rows, "a", options)));

        Assert.Equal(setting, e.Setting);
    }

    [Fact]
    public void Two_sinks_of_one_name_are_refused()
    {
        JobDefinitionException e = Assert.Throws<JobDefinitionException>(() => Define(rows =>
        {
            To(rows, "results", new RedisSinkOptions());
            To(rows, "results", new RedisSinkOptions());
        }));

        Assert.Contains("'results'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_be_used_by_two_jobs_and_by_two_definitions_of_one()
    {
        Define(rows => To(rows, "results", new RedisSinkOptions()));
        Define(rows => To(rows, "results", new RedisSinkOptions()));
    }

    private static void To(Stream<int> rows, string name, RedisSinkOptions options) =>
        rows.ToRedis(name, options, row => new RedisUpsert(Text.From($"{row}"), Text.Empty, default));

    private static void Define(Action<Stream<int>> define) => StreamBuilder.Build(new Job(define), JobSettings.None);

    private sealed class Job(Action<Stream<int>> define) : IStreamJob
    {
        public string Name => "test";

        public void Define(StreamBuilder job) => define(job.Source("rows", new HarnessSource<int>()));
    }
}
