using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Jobs.EventCounts;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Jobs.Tests.EventCounts;

/// <summary>The job on the real runtime, with Kafka and Redis in memory.</summary>
public sealed class EventCountsJobTests : IServiceProvider
{
    private const int Partitions = 2;

    private InMemoryKafka? _kafka;
    private InMemoryRedis? _redis;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Events_are_counted_one_by_one_and_by_window(int parallelism)
    {
        using JobHarness job = Start(parallelism, ("tea", 1, 1_000), ("tea", 2, 2_000), ("rice", 3, 2_500), ("tea", 4, 12_000));
        await Wait.UntilAsync("the end of the job", () => Run(job));

        Assert.Equal(
            ["""{"key":"rice","number":3,"count":1}""", """{"key":"tea","number":1,"count":1}""", """{"key":"tea","number":2,"count":2}""",
                """{"key":"tea","number":4,"count":3}"""],
            (await KafkaOutput.ReadAsync(_kafka!, "counted-events", Partitions)).Order(StringComparer.Ordinal));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["events:count:rice"] = """{"key":"rice","number":3,"count":1}""",
                ["events:count:tea"] = """{"key":"tea","number":4,"count":3}""",
                ["events:window:rice:0"] = """{"key":"rice","start":0,"end":10000,"count":1,"sum":3}""",
                ["events:window:tea:0"] = """{"key":"tea","start":0,"end":10000,"count":2,"sum":3}""",
                ["events:window:tea:10000"] = """{"key":"tea","start":10000,"end":20000,"count":1,"sum":4}""",
            },
            _redis!.Newest(100).ToDictionary(entry => entry.Key.ToString(), entry => entry.Value.ToString()));
    }

    [Theory]
    [InlineData("output", "events", "Setting 'output': 'events' is not allowed. Allowed: any topic but the one that is read.")]
    [InlineData("prefix", "", "Setting 'prefix': '' is not allowed. Allowed: any text that keys may begin with.")]
    public void Impossible_values_are_refused_with_the_possible_ones(string setting, string value, string message)
    {
        JobSettings settings = new(new Dictionary<string, string> { [setting] = value });

        Assert.Equal(message, Assert.Throws<SettingException>(() => StreamBuilder.Build(new EventCountsJob(), settings)).Message);
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IKafkaClients) ? _kafka : serviceType == typeof(IRedisConnections) ? _redis : null;

    private static bool Run(JobHarness job)
    {
        job.Run();
        return job.IsFinished;
    }

    private JobHarness Start(int parallelism, params (string Key, long Number, long Time)[] events) =>
        new(new EventCountsJob().Define, parallelism, seed: 1, new JobSettings(new Dictionary<string, string> { ["bounded"] = "true" }), time =>
        {
            _kafka = new InMemoryKafka(time, NullLoggerFactory.Instance);
            _redis = new InMemoryRedis(time);
            _kafka.CreateTopic("events", Partitions);
            _kafka.CreateTopic("counted-events", Partitions);
            foreach ((string key, long number, long at) in events)
            {
                byte[] value = Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"key":"{{key}}","number":{{number}},"time":{{at}}}"""));
                Assert.True(_kafka.TryAppend("events", key.Length % Partitions, Encoding.UTF8.GetBytes(key), value, new EventTime(at)));
            }

            return this;
        });
}
