using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The contract of the sink on every implementation of its clients.</summary>
public abstract class SinkContract(ISubject subject) : KafkaContract(subject)
{
    [ContractFact]
    public async Task Rows_are_written_in_order_with_their_keys_and_acknowledged()
    {
        await CreateTopicAsync(3);
        await using SinkHarness<string> sink = New();
        await sink.OpenAsync();
        await sink.WriteWithBackpressureAsync(Enumerable.Range(0, 10_000).Select(i => $"{i % 10} Sinh viên {i}"));
        await sink.FlushAsync();

        Assert.Equal(10_000, sink.Acknowledged);
        Assert.Equal(Enumerable.Range(0, 10_000).Sum(i => 1 + Encoding.UTF8.GetByteCount($"{i % 10} Sinh viên {i}")), sink.BytesWritten);
        Assert.True(sink.Wakes > 0);
        Assert.Empty(sink.Failures);
        ReaderProbe reader = OpenReader((0, 0), (1, 0), (2, 0));
        await reader.ReadAsync(10_000);
        for (int key = 0; key < 10; key++)
        {
            SeenRecord[] records = [.. reader.Records.Where(r => r.Key == $"{key}")];
            Assert.Single(records.Select(r => r.Partition).Distinct());
            Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{key} Sinh viên {(i * 10) + key}"), records.Select(r => r.Value));
        }
    }

    [ContractFact]
    public async Task A_row_may_become_a_tombstone()
    {
        await CreateTopicAsync(1);
        await using SinkHarness<string> sink = New();
        await sink.OpenAsync();
        await sink.WriteWithBackpressureAsync(["a value", "a", "a later value"]);
        await sink.FlushAsync();

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(3);
        Assert.Equal(["a value", null, "a later value"], reader.Records.Select(r => r.Value));
    }

    [ContractFact]
    public async Task A_row_may_choose_its_time_and_its_partition()
    {
        await CreateTopicAsync(4);
        KafkaSinkOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic };
        await using SinkHarness<string> sink = new(
            rows => rows.ToKafka("sink", options, static (in row, record) =>
            {
                Encoding.UTF8.GetBytes(row, record.Value);
                record.Partition = row.Length;
                record.Timestamp = row == "cc" ? null : new EventTime(1_700_000_000_000 + row.Length);
            }),
            SinkHarnessTask.New(),
            TimeProvider.System,
            Clients);
        await sink.OpenAsync();
        sink.Write("a", "bbb", "cc");
        await sink.FlushAsync();

        ReaderProbe reader = OpenReader((1, 0), (2, 0), (3, 0));
        await reader.ReadAsync(3);
        SeenRecord[] records = [.. reader.Records.OrderBy(record => record.Partition)];
        Assert.Equal([("a", 1), ("cc", 2), ("bbb", 3)], records.Select(record => (record.Value!, record.Partition)));
        Assert.Equal([1_700_000_000_001, 1_700_000_000_003], [records[0].Timestamp.Milliseconds, records[2].Timestamp.Milliseconds]);
        Assert.True(records[1].Timestamp.Milliseconds > 1_700_000_000_003);
    }

    [ContractFact]
    public async Task A_row_may_choose_among_the_partitions_that_there_are()
    {
        await CreateTopicAsync(3);
        await using SinkHarness<string> sink = New(static (in row, record) =>
        {
            Encoding.UTF8.GetBytes(row, record.Value);
            record.Partition = row.Length % record.PartitionCount;
        });
        await sink.OpenAsync();
        sink.Write("1", "22", "333", "4444");
        await sink.FlushAsync();

        ReaderProbe reader = OpenReader((0, 0), (1, 0), (2, 0));
        await reader.ReadAsync(4);
        Assert.Equal(
            [("1", 1), ("22", 2), ("333", 0), ("4444", 1)], reader.Records.OrderBy(r => r.Value!.Length).Select(r => (r.Value!, r.Partition)));
    }

    [ContractFact]
    public async Task A_partition_out_of_range_fails_with_the_name_of_the_record()
    {
        await CreateTopicAsync(3);
        await using SinkHarness<string> sink = New(static (in row, record) =>
        {
            Encoding.UTF8.GetBytes($"key of {row}", record.Key);
            record.Partition = row == "low" ? -1 : 3;
        });
        await sink.OpenAsync();

        Assert.Contains(
            "'key of high' has partition 3; allowed are 0 to 2.",
            Assert.Throws<PartitionException>(() => sink.Write("high")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'key of low' has partition -1; allowed are 0 to 2.",
            Assert.Throws<PartitionException>(() => sink.Write("low")).Message,
            StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_row_may_have_headers_and_the_next_one_none()
    {
        await CreateTopicAsync(1);
        await using SinkHarness<string> sink = New(static (in row, record) =>
        {
            Encoding.UTF8.GetBytes(row, record.Value);
            if (row.StartsWith('h'))
            {
                record.AddHeader("trace", Encoding.UTF8.GetBytes(row));
                record.AddHeader("trace", "again"u8);
            }
        });
        await sink.OpenAsync();
        sink.Write("a", "h1", "b", "h2", "h3", "c");
        await sink.FlushAsync();

        Assert.Equal(6, sink.Acknowledged);
        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(6);
        Assert.Equal(["a", "h1", "b", "h2", "h3", "c"], reader.Records.Select(r => r.Value));
        Assert.All(reader.Records, r => Assert.Equal(r.Value!.StartsWith('h') ? [("trace", r.Value), ("trace", "again")] : [], r.Headers));
    }

    [ContractFact]
    public async Task A_changelog_is_written_as_the_newest_value_of_each_key_and_tombstones()
    {
        await CreateTopicAsync(1);
        KafkaSinkOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic };
        await using SinkHarness<Change<(string User, int Count)>> sink = new(
            changes => changes.ToKafka("totals", options).Key(total => total.User).Json(), SinkHarnessTask.New(), TimeProvider.System, Clients);
        await sink.OpenAsync();
        sink.Write(Change.Insert(("Đặng", 1)), Change.Insert(("b", 1)));
        sink.Write(Change.UpdateBefore(("Đặng", 1)));
        sink.Write(Change.UpdateAfter(("Đặng", 2)), Change.UpdateBefore(("b", 1)), Change.Delete(("b", 1)));
        await sink.FlushAsync();

        Assert.Equal(6, sink.Acknowledged);
        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(4);
        Assert.Equal(
            [("Đặng", """["Đặng",1]"""), ("b", """["b",1]"""), ("Đặng", """["Đặng",2]"""), ("b", null)],
            reader.Records.Select(record => (record.Key, record.Value)));
    }

    [ContractFact]
    public async Task An_unknown_topic_is_refused()
    {
        await using SinkHarness<string> sink = New();

        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(sink.OpenAsync);

        Assert.Contains($"'{Topic}'", error.Message, StringComparison.Ordinal);
    }

    // The first word is the key. A row of one word deletes the key.
    private static void Serialize(in string row, KafkaRecordBuilder record)
    {
        string[] words = row.Split(' ', 2);
        Encoding.UTF8.GetBytes(words[0], record.Key);
        Encoding.UTF8.GetBytes(row, record.Value);
        record.IsTombstone = words.Length == 1;
    }

    private SinkHarness<string> New(KafkaSerializer<string>? serializer = null) => new(
        rows => rows.ToKafka("texts", new KafkaSinkOptions { BootstrapServers = Subject.Address, Topic = Topic }, serializer ?? Serialize),
        SinkHarnessTask.New(),
        TimeProvider.System,
        Clients);
}
