using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.JobSubmit.Producing;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;

namespace QueryStream.JobSubmit.Tests;

public sealed class QueryProducerTests
{
    private static readonly KafkaConnection Connection = new("memory", "", new Dictionary<string, string>());

    private readonly ManualTime _time = new();
    private readonly LogCollector _logs = new();
    private readonly InMemoryKafka _kafka;

    public QueryProducerTests() => _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance);

    [Fact]
    public async Task A_missing_topic_is_created_and_filled_evenly()
    {
        QueryProducer producer = Producer(new ProduceRequest("t") { Events = 10_000, Partitions = 3 });

        await producer.RunAsync(CancellationToken.None);

        Assert.Equal(10_000, producer.Produced);
        Assert.Equal([3_334, 3_333, 3_333], await CountsAsync("t", 3));
    }

    [Fact]
    public async Task A_topic_that_is_there_keeps_its_partitions()
    {
        _kafka.CreateTopic("t", 2);

        await Producer(new ProduceRequest("t") { Events = 10, Partitions = 3 }).RunAsync(CancellationToken.None);

        Assert.Equal([5, 5], await CountsAsync("t", 2));
        Assert.Equal(
            "Topic 't' exists and keeps its 2 partitions: --partitions 3 applies only to a topic that is created",
            Assert.Single(_logs.Of(LogLevel.Warning)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task A_topic_with_the_partitions_that_are_asked_for_is_nothing_to_warn_of(int? partitions)
    {
        _kafka.CreateTopic("t", 2);

        await Producer(new ProduceRequest("t") { Events = 10, Partitions = partitions }).RunAsync(CancellationToken.None);

        Assert.Empty(_logs.Of(LogLevel.Warning));
    }

    [Fact]
    public async Task A_rate_and_a_duration_decide_how_many_there_are()
    {
        QueryProducer producer = Producer(new ProduceRequest("t") { Rate = 1_000, Duration = TimeSpan.FromSeconds(0.5), Partitions = 1 });

        Task producing = producer.RunAsync(CancellationToken.None);
        await AdvanceUntilAsync("all events", () => producing.IsCompleted);
        await producing;

        Assert.Equal(500, producer.Produced);
        Assert.Equal([500], await CountsAsync("t", 1));
    }

    [Fact]
    public async Task What_was_produced_until_it_is_stopped_is_in_the_topic()
    {
        using CancellationTokenSource stop = new();
        QueryProducer producer = Producer(new ProduceRequest("t") { Rate = 10_000, Partitions = 1 });
        Task producing = producer.RunAsync(stop.Token);
        await AdvanceUntilAsync("some events", () => producer.Produced > 100);

        await stop.CancelAsync();
        await producing;

        Assert.Equal([producer.Produced], await CountsAsync("t", 1));
    }

    private QueryProducer Producer(ProduceRequest request) => new(_kafka, "memory", request, _time, _logs);

    private Task AdvanceUntilAsync(string what, Func<bool> condition) => Wait.UntilAsync(what, () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(10));
        return condition();
    });

    private async Task<IEnumerable<long>> CountsAsync(string topic, int partitions)
    {
        await using IKafkaAdmin admin = _kafka.OpenAdmin(Connection);
        return (await admin.WatermarksAsync(topic, [.. Enumerable.Range(0, partitions)], CancellationToken.None))
            .Select(partition => partition.High - partition.Low);
    }
}
