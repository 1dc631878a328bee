using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Logging;

namespace QueryStream.Connectors.Kafka.Tests;

public sealed class KafkaRecordBuilderTests
{
    [Fact]
    public void A_header_name_that_librdkafka_would_cut_short_is_refused()
    {
        KafkaRecordBuilder record = new();

        Assert.Contains(@"'a\0b'", Assert.Throws<ArgumentException>(() => record.AddHeader("a\0b", [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_of_a_builder_can_be_shown_to_a_decoder()
    {
        KafkaRecordBuilder builder = new();
        builder.AddHeader("a", "1"u8);
        builder.AddHeader("a", "2"u8);
        SourceRecord record = new([], [], hasValue: true, new EventTime(1), new RecordPosition(0, 0)) { Headers = builder.Headers };

        Assert.True(record.Headers.TryGetLast("a"u8, out RecordHeader last));
        Assert.True(last.Value.SequenceEqual("2"u8));
        Assert.False(record.Headers.TryGetLast("b"u8, out _));
    }

    [Fact]
    public async Task A_record_whose_headers_are_damaged_becomes_a_dead_letter()
    {
        LogCollector logs = new();
        InMemoryKafka kafka = new(new ManualTime(), logs);
        kafka.CreateTopic("t", 1);
        Assert.True(kafka.TryAppend("t", 0, [], "damaged"u8, new EventTime(1)));
        Assert.True(kafka.TryAppend("t", 0, [], "sound"u8, new EventTime(1)));
        KafkaSourceOptions options = new() { BootstrapServers = "memory:1", Topic = "t", IsBounded = true };
        await using SourceHarness<int> source = new(job => job.Kafka<int>("t", options).Format(new DamagedHeaders()), 0, 1, new ManualTime(), kafka);
        await source.OpenAsync();

        await source.ReadToEndAsync();

        Assert.Single(source.Rows);
        Assert.Equal(
            (0L, "unreadable-headers", "offset 0"), (source.DeadLetters[0].Offset, source.DeadLetters[0].Reason, source.DeadLetters[0].Detail));
    }

    // Throws what reading headers throws if librdkafka cannot parse them.
    private sealed class DamagedHeaders : RecordFormat<int>
    {
        public override RecordDecoder<int> CreateDecoder() => new Decoder();

        private sealed class Decoder : RecordDecoder<int>
        {
            protected override DecodeResult Read(in SourceRecord record)
            {
                Add(1);
                return record.Value.SequenceEqual("damaged"u8) ? throw new ServiceRefusedException("Kafka", "offset 0") : DecodeResult.Ok;
            }
        }
    }
}
