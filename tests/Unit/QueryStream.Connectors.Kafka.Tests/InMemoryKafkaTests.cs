using System.Collections.Frozen;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Kafka.Tests;

/// <summary>What only the cluster in memory has: a size limit and its own clock.</summary>
public sealed class InMemoryKafkaTests
{
    private const int Limit = 1024 * 1024;
    private const int ValueBytes = 1000;

    private static readonly KafkaConnection Connection = new("memory:1", "", FrozenDictionary<string, string>.Empty);

    private readonly ManualTime _time = new();
    private readonly InMemoryKafka _kafka;
    private int _wakes;

    public InMemoryKafkaTests()
    {
        _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance, Limit);
        _kafka.CreateTopic("t", 1);
    }

    [Fact]
    public async Task A_topic_takes_no_more_than_its_limit_while_its_reader_is_behind_and_goes_on_when_it_has_read()
    {
        await using IKafkaReader reader = Open();
        int first = Fill();
        Assert.InRange(first, Limit / ValueBytes / 2, 2 * Limit / ValueBytes);

        Assert.Equal(first, Read(reader).Records);
        int second = Fill();
        Assert.InRange(second, Limit / ValueBytes / 2, 2 * Limit / ValueBytes);
        Assert.Equal(second, Read(reader).Records);
    }

    [Fact]
    public async Task A_long_run_keeps_within_the_limit_and_loses_nothing_that_is_read()
    {
        await using IKafkaReader reader = Open();
        long read = 0;
        for (int i = 0; i < 50; i++)
        {
            int written = Fill();
            Seen seen = Read(reader);
            Assert.Equal(written, seen.Records);
            Assert.Equal(read, seen.FirstOffset);
            read += written;
        }

        await using IKafkaAdmin admin = _kafka.OpenAdmin(Connection);
        KafkaWatermarks watermarks = Assert.Single(await admin.WatermarksAsync("t", [0], CancellationToken.None));
        Assert.Equal(read, watermarks.High);
        Assert.InRange(watermarks.High - watermarks.Low, 1, 2 * Limit / ValueBytes);
    }

    [Fact]
    public void A_topic_that_nobody_reads_forgets_the_oldest()
    {
        for (int i = 0; i < 10 * Limit / ValueBytes; i++)
        {
            Assert.True(Append());
        }
    }

    [Fact]
    public async Task A_slow_reader_holds_what_a_fast_one_has_read()
    {
        await using IKafkaReader slow = Open();
        await using IKafkaReader fast = Open();
        int written = Fill();
        Read(fast);
        Assert.False(Append());

        Assert.Equal(written, Read(slow).Records);
        Assert.True(Append());
    }

    [Fact]
    public async Task A_producer_that_found_the_topic_full_is_told_when_there_is_room()
    {
        await using IKafkaReader reader = Open();
        Listener listener = new();
        await using IKafkaProducer producer = _kafka.OpenProducer(Connection, "t", listener);
        while (!producer.IsFull)
        {
            producer.Add([], new byte[ValueBytes]);
            producer.Send();
        }

        listener.Calls = 0;
        Read(reader);

        Assert.Equal(1, listener.Calls);
        Assert.False(producer.IsFull);
    }

    [Fact]
    public async Task Silence_follows_the_clock_of_the_cluster()
    {
        await using IKafkaReader reader = Open();
        Append();
        Assert.Equal(0, Read(reader).Silences);

        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(0, Read(reader).Silences);
        _wakes = 0;
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.True(_wakes > 0);
        Assert.Equal(1, Read(reader).Silences);
        Assert.Equal(0, Read(reader).Silences);

        Append();
        Assert.Equal(1, Read(reader).Records);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(0, Read(reader).Silences);
    }

    [Fact]
    public void Appending_to_what_does_not_exist_is_refused()
    {
        Assert.Throws<ServiceRefusedException>(() => _kafka.TryAppend("u", 0, [], [], default));
        Assert.Throws<ServiceRefusedException>(() => _kafka.TryAppend("t", 1, [], [], default));
    }

    private IKafkaReader Open() => _kafka.OpenReader(Connection, "t", [new KafkaOffset(0, 0)], new KafkaReaderOptions(), () => _wakes++);

    private bool Append() => _kafka.TryAppend("t", 0, [], new byte[ValueBytes], new EventTime(0));

    private int Fill()
    {
        int written = 0;
        while (Append())
        {
            written++;
        }

        return written;
    }

    private static Seen Read(IKafkaReader reader)
    {
        Handler handler = new();
        while (!reader.Poll(ref handler))
        {
        }

        return handler.Seen;
    }

    private readonly record struct Seen(int Records, long FirstOffset, int Silences);

    private struct Handler : IKafkaRecordHandler
    {
        public Seen Seen { get; private set; }

        public bool OnRecord(in SourceRecord record)
        {
            Seen = Seen with { Records = Seen.Records + 1, FirstOffset = Seen.Records == 0 ? record.Position.Offset : Seen.FirstOffset };
            return true;
        }

        public readonly void OnPartitionEof(int partition, long offset)
        {
        }

        public void OnEndOffset(int partition, long end, EventTime askedAt) => Seen = Seen with { Silences = Seen.Silences + 1 };

        public readonly void OnUnreadable(int partition, long offset, string problem) => throw new InvalidOperationException(problem);
    }

    private sealed class Listener : IKafkaProducerListener
    {
        public int Calls { get; set; }

        public void OnAcknowledged(long records) => Calls++;

        public void OnRefused(ServiceRefusedException reason) => throw reason;
    }
}
