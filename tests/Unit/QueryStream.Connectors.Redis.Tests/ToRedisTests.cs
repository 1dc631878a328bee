using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Connectors.Redis.Tests;

[StreamRecord]
public sealed record Total(string User, long? Id, int Count);

public sealed class ToRedisTests
{
    public static TheoryData<string, RedisSinkOptions> Wrong => new()
    {
        { "redis", new RedisSinkOptions { Address = "here" } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.Zero } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.FromSeconds(1.5) } },
        { "ttl", new RedisSinkOptions { Ttl = TimeSpan.FromDays(10_001) } },
        { nameof(RedisSinkOptions.MaxPendingBytes), new RedisSinkOptions { MaxPendingBytes = 0 } },
        { nameof(RedisSinkOptions.MaxPendingRows), new RedisSinkOptions { MaxPendingRows = 0 } },
        { nameof(RedisSinkOptions.MaxFlushRows), new RedisSinkOptions { MaxFlushRows = 0 } },
        { nameof(RedisSinkOptions.MaxFlushBytes), new RedisSinkOptions { MaxFlushBytes = 0 } },
        { nameof(RedisSinkOptions.MaxFlushesInFlight), new RedisSinkOptions { MaxFlushesInFlight = 65 } },
        { nameof(RedisSinkOptions.StartTimeout), new RedisSinkOptions { StartTimeout = TimeSpan.FromSeconds(11) } },
        { nameof(RedisSinkOptions.RetryDelay), new RedisSinkOptions { RetryDelay = TimeSpan.FromSeconds(3) } },
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

    [Theory]
    [InlineData("", 0)]
    [InlineData("updates", 3)]
    public async Task A_value_of_JSON_is_one_line_and_published_where_there_is_a_channel(string channel, int messages)
    {
        InMemoryRedis redis = new(TimeProvider.System);
        using RedisSubscription subscription = redis.Subscribe("updates");
        await using SinkHarness<Total> sink = new(
            rows => rows.ToRedis("totals", new RedisSinkOptions { Channel = channel }).Key(total => $"total:{total.User}").Json(),
            SinkHarnessTask.New(),
            TimeProvider.System,
            redis);
        await sink.OpenAsync();

        sink.Write(new Total("Đặng", 1, 1));
        await sink.FlushAsync();
        sink.Write(new Total("Đặng", 1, 2), new Total("b", null, 3));
        await sink.FlushAsync();

        Assert.Equal("{\"user\":\"Đặng\",\"id\":1,\"count\":2}", redis.Find(Text.From("total:Đặng"))!.Value.ToString());
        Assert.Equal("{\"user\":\"b\",\"id\":null,\"count\":3}", redis.Find(Text.From("total:b"))!.Value.ToString());
        Assert.Equal(messages, subscription.Messages.Count);
    }

    [Fact]
    public async Task A_changelog_is_kept_as_the_table_that_it_describes()
    {
        InMemoryRedis redis = new(TimeProvider.System);
        using RedisSubscription subscription = redis.Subscribe("updates");
        await using SinkHarness<Change<Total>> sink = new(
            changes => changes.ToRedis("totals", new RedisSinkOptions { Channel = "updates" }).Key(total => total.User).Json(),
            SinkHarnessTask.New(),
            TimeProvider.System,
            redis);
        await sink.OpenAsync();

        sink.Write(Change.Insert(new Total("a", 1, 1)), Change.Insert(new Total("b", 1, 1)), Change.Insert(new Total("Đặng", 1, 1)));
        await sink.FlushAsync();
        sink.Write(Change.UpdateBefore(new Total("a", 1, 1)), Change.UpdateAfter(new Total("a", 1, 2)), Change.Delete(new Total("Đặng", null, 0)));
        await sink.FlushAsync();
        sink.Write(Change.Delete(new Total("b", 1, 1)), Change.Insert(new Total("b", 1, 7)));
        await sink.FlushAsync();

        Assert.Equal("{\"user\":\"a\",\"id\":1,\"count\":2}", redis.Find(Text.From("a"))!.Value.ToString());
        Assert.Equal("{\"user\":\"b\",\"id\":1,\"count\":7}", redis.Find(Text.From("b"))!.Value.ToString());
        Assert.Null(redis.Find(Text.From("Đặng")));
        Assert.Equal(8, sink.Acknowledged);
        Assert.Equal(6, subscription.Messages.Count);
    }

    [Theory]
    [InlineData(null, "process:1")]
    [InlineData("job:1", "job:1")]
    public async Task Where_the_job_names_no_address_that_of_the_process_is_used(string? address, string used)
    {
        AddressedRedis connections = new();
        await using SinkHarness<Total> sink = new(
            rows => rows.ToRedis("totals", new RedisSinkOptions { Address = address }).Key(total => total.User).Json(),
            SinkHarnessTask.New(), TimeProvider.System, connections);
        await sink.OpenAsync();

        Assert.Equal(used, connections.Used?.ToString());
    }

    [Fact]
    public async Task A_row_without_a_key_fails_the_sink_and_says_so()
    {
        await using SinkHarness<Total> sink = new(
            rows => rows.ToRedis("totals").Key(total => total.Id).Csv(),
            SinkHarnessTask.New(),
            TimeProvider.System,
            new InMemoryRedis(TimeProvider.System));
        await sink.OpenAsync();

        Assert.Contains(
            "a row without a key",
            Assert.Throws<JobDefinitionException>(() => sink.Write(new Total("a", null, 1))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sink_without_a_key_is_refused_at_definition() => Assert.Contains(
        "has no key: call Key(row => …)",
        Assert.Throws<JobDefinitionException>(() => Define(rows => rows.ToRedis("totals").Json())).Message,
        StringComparison.Ordinal);

    private static void To(Stream<int> rows, string name, RedisSinkOptions options) =>
        rows.ToRedis(name, options, row => new RedisUpsert(Text.From($"{row}"), Text.Empty, default));

    private static void Define(Action<Stream<int>> define) => StreamBuilder.Build(new Job(define), JobSettings.None);

    private sealed class AddressedRedis : IRedisConnections
    {
        private readonly InMemoryRedis _redis = new(TimeProvider.System);

        public RedisAddress Address => RedisAddress.Parse("process:1");

        public RedisAddress? Used { get; private set; }

        public IRedisConnection Acquire(RedisAddress address)
        {
            Used = address;
            return _redis.Acquire(address);
        }
    }

    private sealed class Job(Action<Stream<int>> define) : IStreamJob
    {
        public string Name => "test";

        public void Define(StreamBuilder job) => define(job.Source("rows", new HarnessSource<int>()));
    }
}
