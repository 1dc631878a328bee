using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The contract of every <see cref="IKafkaReader"/>.</summary>
public abstract class ReaderContract(ISubject subject) : KafkaContract(subject)
{
    [ContractFact]
    public async Task Records_come_once_and_in_the_order_of_their_partition()
    {
        await CreateTopicAsync(3);
        for (int partition = 0; partition < 3; partition++)
        {
            await WriteAsync(partition, Numbered($"{partition}-", 3_000));
        }

        ReaderProbe reader = OpenReader((0, 0), (1, 0), (2, 0));
        await reader.ReadAsync(9_000);

        for (int partition = 0; partition < 3; partition++)
        {
            SeenRecord[] records = [.. reader.Records.Where(r => r.Partition == partition)];
            Assert.Equal(Enumerable.Range(0, 3_000).Select(i => (long)i), records.Select(r => r.Offset));
            Assert.Equal(Numbered($"{partition}-", 3_000), records.Select(r => r.Value));
        }
    }

    [ContractFact]
    public async Task Keys_values_and_times_arrive_as_they_were_written()
    {
        await CreateTopicAsync(1);
        EventTime before = EventTime.From(TimeProvider.System.GetUtcNow());
        IKafkaProducer producer = OpenProducer(out _);
        producer.Add("Sinh viên"u8, "học phí kỳ này 💸"u8, partition: 0);
        producer.Add([], [], partition: 0);
        producer.Add("deleted"u8, [], hasValue: false, partition: 0);
        producer.Add([], Encoding.UTF8.GetBytes(new string('x', 100_000)), partition: 0);
        await producer.FlushAsync(CancellationToken.None);
        EventTime after = EventTime.From(TimeProvider.System.GetUtcNow());

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(4);

        Assert.Equal(["Sinh viên", "", "deleted", ""], reader.Records.Select(r => r.Key));
        Assert.Equal(["học phí kỳ này 💸", "", null, new string('x', 100_000)], reader.Records.Select(r => r.Value));
        Assert.All(reader.Records, r => Assert.InRange(r.Timestamp.Milliseconds, before.Milliseconds, after.Milliseconds));
    }

    // Each record is a batch of its own. The reader is slower than its fetches, so that its queue is full after each of them.
    [ContractFact]
    public async Task Partitions_with_large_batches_are_read_side_by_side()
    {
        const int Partitions = 8;
        const int Batches = 6;
        await CreateTopicAsync(Partitions);
        string value = Convert.ToHexString(RandomNumberGenerator.GetBytes(400_000));
        for (int i = 0; i < Partitions * Batches; i++)
        {
            await WriteAsync(i % Partitions, value);
        }

        KafkaReaderOptions options = new(QueuedBytes: 1024, Partitions);
        ReaderProbe reader = OpenReader(options, Enumerable.Range(0, Partitions).Select(partition => (partition, 0L)));
        reader.MaxRecordsPerPoll = 1;
        byte[] work = new byte[8_000_000];
        for (int records = 1; records <= Partitions * Batches / 2; records++)
        {
            await reader.ReadAsync(records);
            SHA512.HashData(work);
        }

        Assert.Equal(Enumerable.Range(0, Partitions), reader.Records.Select(record => record.Partition).Distinct().Order());
    }

    [ContractFact]
    public async Task A_drained_reader_wakes_for_each_record_that_follows()
    {
        await CreateTopicAsync(2);
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        for (int i = 0; i < 20; i++)
        {
            await WriteAsync(i % 2, $"value {i}");
            await reader.ReadAsync(i + 1);
        }

        Assert.Equal(Numbered("value ", 20), reader.Records.Select(r => r.Value));
    }

    [ContractFact]
    public async Task Reading_begins_at_the_offset_asked_for()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 10));
        await WriteAsync(1, Numbered("b", 10));

        ReaderProbe reader = OpenReader((0, 7), (1, 10));
        await WriteAsync(1, "b10");
        await reader.ReadAsync(4);

        Assert.Equal(["a7", "a8", "a9"], reader.Records.Where(r => r.Partition == 0).Select(r => r.Value));
        Assert.Equal([10L], reader.Records.Where(r => r.Partition == 1).Select(r => r.Offset));
    }

    [ContractFact]
    public async Task An_offset_that_does_not_exist_becomes_the_oldest_one_with_a_warning()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("a", 10));

        ReaderProbe reader = OpenReader((0, 1_000));
        await reader.ReadAsync(10);

        Assert.Equal(0, reader.Records[0].Offset);
        Assert.Contains(
            Subject.Logs.Of(LogLevel.Warning),
            line => line.Contains("1000", StringComparison.Ordinal) && line.Contains(Topic, StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task The_end_of_a_partition_is_told_after_its_last_record_and_again_when_it_has_moved()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 100));
        ReaderProbe reader = OpenReader((0, 0), (1, 0));

        await reader.UntilAsync("both ends", () => reader.Ends.Count == 2);
        Assert.Equal(100, reader.Records.Count);
        Assert.Equal((100, 0), (reader.Ends[0], reader.Ends[1]));

        await WriteAsync(1, "one more");
        await reader.UntilAsync("the new end", () => reader.Ends[1] == 1);
        Assert.Equal(101, reader.Records.Count);
    }

    [ContractFact]
    public async Task Silence_is_answered_with_the_end_as_of_the_question_again_and_again()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 10));
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        await reader.ReadAsync(10);
        EventTime read = EventTime.From(TimeProvider.System.GetUtcNow());

        await reader.UntilAsync(
            "three answers each", () => reader.Silences.Count(s => s.Partition == 0) >= 3 && reader.Silences.Count(s => s.Partition == 1) >= 3);

        EventTime now = EventTime.From(TimeProvider.System.GetUtcNow());
        foreach ((int partition, long end) in new[] { (0, 10L), (1, 0L) })
        {
            List<long> asked = [.. reader.Silences.Where(s => s.Partition == partition).Select(s => s.AskedAt.Milliseconds)];
            Assert.All(reader.Silences.Where(s => s.Partition == partition), s => Assert.Equal(end, s.End));
            Assert.Equal(asked.Order().Distinct(), asked);
            Assert.All(asked, at => Assert.InRange(at, read.Milliseconds, now.Milliseconds));
        }
    }

    [ContractFact]
    public async Task A_partition_that_keeps_bringing_records_is_not_asked_about()
    {
        await CreateTopicAsync(2);
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        List<(EventTime WrittenAfter, EventTime ReadBefore)> records = [];
        while (reader.Silences.Count(s => s.Partition == 1) < 5)
        {
            EventTime writtenAfter = EventTime.From(TimeProvider.System.GetUtcNow());
            await WriteAsync(0, $"value {records.Count}");
            await reader.ReadAsync(records.Count + 1);
            records.Add((writtenAfter, EventTime.From(TimeProvider.System.GetUtcNow())));
        }

        // On a slow machine there may be more than a second between two records; an answer must lie in such a gap.
        Assert.All(
            reader.Silences.Where(s => s.Partition == 0),
            silence => Assert.DoesNotContain(
                records,
                record => record.ReadBefore <= silence.AskedAt && silence.AskedAt.Milliseconds - record.WrittenAfter.Milliseconds < 1_000));
    }

    [ContractFact]
    public async Task A_poll_that_was_stopped_goes_on_with_the_next_record()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 50));
        await WriteAsync(1, Numbered("b", 50));
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        reader.MaxRecordsPerPoll = 3;

        await reader.ReadAsync(100);
        await reader.UntilAsync("both ends", () => reader.Ends.Count == 2);

        Assert.Equal(Numbered("a", 50), reader.Records.Where(r => r.Partition == 0).Select(r => r.Value));
        Assert.Equal(Numbered("b", 50), reader.Records.Where(r => r.Partition == 1).Select(r => r.Value));
    }

    [ContractFact]
    public async Task Readers_of_one_connection_do_not_disturb_each_other()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 50));
        await WriteAsync(1, Numbered("b", 50));

        ReaderProbe first = OpenReader((0, 0));
        ReaderProbe second = OpenReader((1, 0));
        ReaderProbe both = OpenReader((0, 10), (1, 20));
        await first.ReadAsync(50);
        await second.ReadAsync(50);
        await both.ReadAsync(70);
        await first.DisposeAsync();
        await WriteAsync(0, "a50");
        await both.ReadAsync(71);

        Assert.Equal(Numbered("a", 50), first.Records.Select(r => r.Value));
        Assert.Equal(Numbered("b", 50), second.Records.Select(r => r.Value));
        Assert.Equal("a50", both.Records[70].Value);
    }

    [ContractFact]
    public async Task A_partition_can_be_read_again_after_its_reader_was_closed()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("a", 2_000));
        for (int i = 0; i < 3; i++)
        {
            ReaderProbe reader = OpenReader((0, 0));
            reader.MaxRecordsPerPoll = 10;
            await reader.ReadAsync(10);
            await reader.DisposeAsync();
            Assert.Equal(Numbered("a", 10), reader.Records.Take(10).Select(r => r.Value));
        }
    }

    [ContractFact]
    public async Task A_record_of_several_megabytes_is_read()
    {
        Dictionary<string, string> config = new() { ["max.message.bytes"] = "8000000" };
        await Admin.CreateTopicAsync(Topic, 1, config, CancellationToken.None);
        string large = new('ế', 1_500_000);
        await WriteAsync(0, "before", large, "after");

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(3);

        Assert.Equal(["before", large, "after"], reader.Records.Select(r => r.Value));
    }
}
