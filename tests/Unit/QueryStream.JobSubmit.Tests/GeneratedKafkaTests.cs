using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.JobSubmit.Demo;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;

namespace QueryStream.JobSubmit.Tests;

public sealed class GeneratedKafkaTests
{
    private const string Topic = "user-queries";
    private static readonly KafkaConnection Connection = new("memory", "", new Dictionary<string, string>());

    private readonly ManualTime _time = new();
    private readonly InMemoryKafka _kafka;

    public GeneratedKafkaTests() => _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance, maxTopicBytes: 1024 * 1024);

    [Fact]
    public async Task A_topic_that_ends_holds_rate_times_duration_and_then_reaches_its_announced_end()
    {
        GeneratedKafka generated = Generated(TimeSpan.FromSeconds(2));
        int wakes = 0;
        await using IKafkaAdmin admin = generated.OpenAdmin(Connection);
        Assert.All(await admin.WatermarksAsync(Topic, [0, 1], CancellationToken.None), partition => Assert.True(partition.High > 1_000_000));
        await using IKafkaReader reader = generated.OpenReader(
            Connection,
            Topic,
            [new KafkaOffset(0, 0), new KafkaOffset(1, 0)],
            new KafkaReaderOptions(1 << 20),
            () => Interlocked.Increment(ref wakes));
        Handler handler = new();

        Task filling = generated.FillAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Drain(reader, ref handler);
        Assert.False(handler.HasEnded);

        // The generator waits for its ticks on its own threads.
        await Wait.UntilAsync("the time to be over", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            return filling.IsCompleted;
        });
        await filling;
        Drain(reader, ref handler);

        Assert.Equal(200, handler.Records);
        Assert.True(handler.HasEnded);
        Assert.True(wakes > 0);
    }

    [Fact]
    public async Task Without_a_duration_nothing_is_announced()
    {
        GeneratedKafka generated = Generated(null);
        await using IKafkaAdmin admin = generated.OpenAdmin(Connection);

        Assert.All(await admin.WatermarksAsync(Topic, [0, 1], CancellationToken.None), partition => Assert.Equal(0, partition.High));
    }

    [Fact]
    public async Task Filling_ends_when_it_is_stopped()
    {
        using CancellationTokenSource stop = new();
        Task filling = Generated(null).FillAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
    }

    private static void Drain(IKafkaReader reader, ref Handler handler)
    {
        while (!reader.Poll(ref handler))
        {
        }
    }

    private GeneratedKafka Generated(TimeSpan? duration) => new(_kafka, new GeneratedKafkaOptions(Topic, 2, 100, duration, 42), _time);

    private struct Handler : IKafkaRecordHandler
    {
        public int Records { get; private set; }

        public bool HasEnded { get; private set; }

        public bool OnRecord(in SourceRecord record)
        {
            Records++;
            return true;
        }

        public void OnPartitionEof(int partition, long offset) => HasEnded |= offset > 1_000_000;

        public readonly void OnEndOffset(int partition, long end, EventTime askedAt)
        {
        }

        public readonly void OnUnreadable(int partition, long offset, string problem)
        {
        }
    }
}
