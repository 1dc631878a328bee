using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.TestKit;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The contract of every <see cref="IKafkaProducer"/>.</summary>
public abstract class ProducerContract(ISubject subject) : KafkaContract(subject)
{
    [ContractFact]
    public async Task Each_record_is_acknowledged_once_and_keeps_its_order()
    {
        await CreateTopicAsync(2);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        for (int i = 0; i < 20_000; i++)
        {
            producer.Add([], Encoding.UTF8.GetBytes($"{i / 2}"), partition: i % 2);
        }

        await producer.FlushAsync(CancellationToken.None);

        Assert.Equal(0, producer.Unacknowledged);
        await Wait.UntilAsync("all acknowledgements", () => probe.Acknowledged == 20_000);
        Assert.Empty(probe.Refusals);
        ReaderProbe reader = OpenReader((0, 0), (1, 0));
        await reader.ReadAsync(20_000);
        Assert.Equal(Numbered("", 10_000), reader.Records.Where(r => r.Partition == 0).Select(r => r.Value));
        Assert.Equal(Numbered("", 10_000), reader.Records.Where(r => r.Partition == 1).Select(r => r.Value));
    }

    // The partitions that Java's client chooses for these keys: the hashes in its tests of Utils.murmur2, made positive, modulo 7.
    [ContractFact]
    public async Task Equal_keys_go_to_the_partition_that_other_clients_choose()
    {
        await CreateTopicAsync(7);
        IKafkaProducer producer = OpenProducer(out _);
        (string Key, int Hash)[] keys = [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536)];
        foreach ((string key, _) in keys)
        {
            producer.Add(Encoding.UTF8.GetBytes(key), "1"u8);
            producer.Add(Encoding.UTF8.GetBytes(key), "2"u8);
        }

        await producer.FlushAsync(CancellationToken.None);

        ReaderProbe reader = OpenReader([.. Enumerable.Range(0, 7).Select(i => (i, 0L))]);
        await reader.ReadAsync(6);
        foreach ((string key, int hash) in keys)
        {
            Assert.Equal(
                [((hash & 0x7fffffff) % 7, "1"), ((hash & 0x7fffffff) % 7, "2")],
                reader.Records.Where(r => r.Key == key).Select(r => (r.Partition, r.Value!)));
        }
    }

    [ContractFact]
    public async Task Records_without_a_key_are_spread()
    {
        await CreateTopicAsync(2);
        IKafkaProducer producer = OpenProducer(out _);
        ReaderProbe reader = OpenReader((0, 0), (1, 0));

        int written = 0;
        while (reader.Records.Select(r => r.Partition).Distinct().Count() < 2)
        {
            for (int i = 0; i < 1_000; i++)
            {
                producer.Add([], "x"u8);
            }

            await producer.FlushAsync(CancellationToken.None);
            await reader.ReadAsync(written += 1_000);
            Assert.InRange(written, 0, 200_000);
        }
    }

    [ContractFact]
    public async Task What_was_sent_is_written_without_a_flush()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        producer.Add([], "a"u8);
        producer.Send();

        await Wait.UntilAsync("the acknowledgement", () => probe.Acknowledged == 1 && producer.Unacknowledged == 0);
        producer.Send();
        await producer.FlushAsync(CancellationToken.None);
        Assert.Equal(1, probe.Acknowledged);
    }

    [ContractFact]
    public async Task Producers_of_one_connection_are_told_of_their_own_records_only()
    {
        await CreateTopicAsync(1);
        IKafkaProducer first = OpenProducer(out ProducerProbe firstProbe);
        IKafkaProducer second = OpenProducer(out ProducerProbe secondProbe);
        for (int i = 0; i < 2_000; i++)
        {
            first.Add([], "1"u8);
            second.Add([], "2"u8);
            if (i % 3 == 0)
            {
                second.Add([], "2"u8);
            }
        }

        first.Send();
        second.Send();

        await Wait.UntilAsync("all acknowledgements", () => firstProbe.Acknowledged == 2_000 && secondProbe.Acknowledged == 2_667);
        Assert.Equal((0, 0), (first.Unacknowledged, second.Unacknowledged));
    }

    [ContractFact]
    public async Task A_record_with_a_time_of_its_own_keeps_it_and_its_place()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        producer.Add("k"u8, "1"u8, partition: 0);
        producer.Add("Sinh viên"u8, "2"u8, partition: 0, timestamp: new EventTime(1_765_279_800_000));
        producer.Add([], [], partition: 0, timestamp: new EventTime(1));
        producer.Add("k"u8, [], hasValue: false, timestamp: new EventTime(2));
        producer.Add("k"u8, "5"u8, partition: 0);
        await producer.FlushAsync(CancellationToken.None);

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(5);

        Assert.Equal(["1", "2", "", null, "5"], reader.Records.Select(r => r.Value));
        Assert.Equal(["k", "Sinh viên", "", "k", "k"], reader.Records.Select(r => r.Key));
        Assert.Equal([1_765_279_800_000, 1, 2], reader.Records.Skip(1).Take(3).Select(r => r.Timestamp.Milliseconds));
        await Wait.UntilAsync("all acknowledgements", () => probe.Acknowledged == 5);
    }

    [ContractFact]
    public async Task Headers_keep_their_order_their_values_and_their_records_place()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        KafkaRecordBuilder record = new() { Partition = 0 };
        producer.Add([], "before"u8, partition: 0);
        Encoding.UTF8.GetBytes("k", record.Key);
        record.AddHeader("trace", "1"u8);
        record.AddHeader("học phí", "💸"u8);
        record.AddHeader("trace", "2"u8);
        record.AddHeader("empty", []);
        record.AddHeader("none", [], hasValue: false);
        record.AddHeader("", Encoding.UTF8.GetBytes(new string('x', 300_000)));
        producer.Add(record);
        record = new KafkaRecordBuilder { Partition = 0, IsTombstone = true, Timestamp = new EventTime(1_765_279_800_000) };
        record.AddHeader("deleted", "by"u8);
        producer.Add(record);
        producer.Add([], "after"u8, partition: 0);
        await producer.FlushAsync(CancellationToken.None);

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(4);

        Assert.Equal([("", "before"), ("k", ""), ("", null), ("", "after")], reader.Records.Select(r => (r.Key, r.Value)));
        Assert.Equal(
            [("trace", "1"), ("học phí", "💸"), ("trace", "2"), ("empty", ""), ("none", null), ("", new string('x', 300_000))],
            reader.Records[1].Headers);
        Assert.Equal([("deleted", "by")], reader.Records[2].Headers);
        Assert.Equal(1_765_279_800_000, reader.Records[2].Timestamp.Milliseconds);
        Assert.Empty(reader.Records[0].Headers);
        Assert.Empty(reader.Records[3].Headers);
        await Wait.UntilAsync("all acknowledgements", () => probe.Acknowledged == 4 && producer.Unacknowledged == 0);
        Assert.False(producer.IsFull);
    }

    [ContractFact]
    public async Task Headers_count_for_what_is_unacknowledged_until_their_records_are_there()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        KafkaRecordBuilder record = new() { Partition = 0 };
        record.AddHeader("large", new byte[500_000]);
        for (int i = 0; i < 30; i++)
        {
            await Wait.UntilAsync("room", () => !producer.IsFull);
            producer.Add(record);
        }

        await producer.FlushAsync(CancellationToken.None);

        await Wait.UntilAsync("all acknowledgements", () => probe.Acknowledged == 30);
        Assert.Empty(probe.Refusals);
        Assert.False(producer.IsFull);
    }

    [ContractFact]
    public async Task A_partition_that_there_is_not_is_refused()
    {
        await CreateTopicAsync(2);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        producer.Add([], "a"u8, partition: 2);
        producer.Add([], "b"u8, partition: 1);
        await producer.FlushAsync(CancellationToken.None);

        await Wait.UntilAsync("both reports", () => probe.Refusals.Count == 1 && probe.Acknowledged == 1);
        Assert.Equal(0, producer.Unacknowledged);
    }
}
