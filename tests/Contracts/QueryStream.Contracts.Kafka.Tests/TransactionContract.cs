using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>The contract of every <see cref="IKafkaTransactionalProducer"/>.</summary>
public abstract class TransactionContract(ISubject subject) : KafkaContract(subject)
{
    private readonly string _id = $"writer-{Guid.NewGuid():n}";

    [ContractFact]
    public async Task Records_of_a_transaction_and_its_offset_become_visible_together_when_it_is_committed()
    {
        await CreateTopicAsync(2);
        IKafkaTransactionalProducer producer = await OpenAsync();
        ReaderProbe reader = OpenReader((0, 0), (1, 0));

        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, "a", "b");
        Add(producer, 1, "c");
        await producer.FlushAsync(CancellationToken.None);
        await WriteAsync(1, "behind");
        await reader.UntilAsync("the end of the stable records", () => reader.Ends.Count == 2);
        Assert.Empty(reader.Records);
        Assert.Null(await OffsetAsync());

        await CommitAsync(producer, 5);

        Assert.Equal(5, await OffsetAsync());
        await reader.ReadAsync(4);
        Assert.Equal(["a", "b"], reader.Records.Where(record => record.Partition == 0).Select(record => record.Value));
        Assert.Equal(["c", "behind"], reader.Records.Where(record => record.Partition == 1).Select(record => record.Value));
    }

    [ContractFact]
    public async Task Records_of_an_aborted_transaction_are_never_read_and_the_next_one_is()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer producer = await OpenAsync();
        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, "aborted");
        await producer.AbortAsync(CancellationToken.None);
        await WriteAsync(producer, 1, "committed");
        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, "aborted too");
        producer.Send();
        await producer.FlushAsync(CancellationToken.None);
        await producer.AbortAsync(CancellationToken.None);

        Assert.Equal(1, await OffsetAsync());
        Assert.Equal(["committed"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_transaction_may_consist_of_its_offset_alone()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer producer = await OpenAsync();

        await WriteAsync(producer, 0);
        Assert.Equal(0, await OffsetAsync());
        await WriteAsync(producer, 7);
        Assert.Equal(7, await OffsetAsync());
        Assert.Empty(await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_new_producer_of_an_id_aborts_the_transaction_of_the_one_before_and_fences_it()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer first = await OpenAsync();
        await WriteAsync(first, 1, "committed");
        await first.BeginAsync(CancellationToken.None);
        Add(first, 0, "lost");
        await first.FlushAsync(CancellationToken.None);

        IKafkaTransactionalProducer second = await OpenAsync();
        await WriteAsync(second, 2, "second");

        Assert.Equal(["committed", "second"], await ReadToEndAsync());
        Add(first, 0, "lost too");
        KafkaTransactionException fenced = await Assert.ThrowsAsync<KafkaTransactionException>(() => CommitAsync(first, 9));
        Assert.Equal(KafkaTransactionFailure.Fenced, fenced.Failure);
        Assert.Contains(_id, fenced.Message, StringComparison.Ordinal);
        await WriteAsync(second, 3, "third");
        Assert.Equal(3, await OffsetAsync());
        Assert.Equal(["committed", "second", "third"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task Producers_of_different_ids_do_not_fence_each_other()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer first = await OpenAsync();
        IKafkaTransactionalProducer second = await OpenAsync($"{_id}-other");
        await first.BeginAsync(CancellationToken.None);
        await second.BeginAsync(CancellationToken.None);
        Add(first, 0, "first");
        Add(second, 0, "second");

        await second.CommitAsync($"{_id}-other", new KafkaOffset(0, 4), CancellationToken.None);
        await CommitAsync(first, 3);

        Assert.Equal(3, await OffsetAsync());
        Assert.Equal(4, await Admin.GroupOffsetAsync($"{_id}-other", Topic, 0, CancellationToken.None));
        Assert.Equal(["first", "second"], (await ReadToEndAsync()).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task A_transaction_that_is_open_for_too_long_is_aborted_and_its_producer_fenced()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer producer = await OpenAsync(timeout: TimeSpan.FromSeconds(1));
        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, "expired");
        await producer.FlushAsync(CancellationToken.None);
        await WriteAsync(0, "behind");
        ReaderProbe reader = OpenReader((0, 0));

        // A broker looks for expired transactions every 10 s.
        await reader.UntilAsync("the record behind the transaction", () => reader.Records.Count == 1, TimeSpan.FromSeconds(60));

        Assert.Equal("behind", reader.Records[0].Value);
        KafkaTransactionException expired = await Assert.ThrowsAsync<KafkaTransactionException>(() => CommitAsync(producer, 5));
        Assert.NotEqual(KafkaTransactionFailure.Abortable, expired.Failure);
        Assert.Null(await OffsetAsync());
        IKafkaTransactionalProducer next = await OpenAsync();
        await WriteAsync(next, 5, "repeated");
        Assert.Equal(["behind", "repeated"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task A_timeout_above_the_limit_of_the_cluster_is_refused()
    {
        await CreateTopicAsync(1);
        TimeSpan limit = TimeSpan.FromMilliseconds(
            double.Parse((await Admin.BrokerSettingAsync("transaction.max.timeout.ms", CancellationToken.None))!, null));

        await OpenAsync($"{_id}-allowed", limit);
        await Assert.ThrowsAsync<ServiceRefusedException>(() => OpenAsync(timeout: limit + TimeSpan.FromMilliseconds(1)));
    }

    [ContractFact]
    public async Task Records_keep_their_keys_headers_times_and_missing_values()
    {
        await CreateTopicAsync(1);
        IKafkaTransactionalProducer producer = await OpenAsync();
        await producer.BeginAsync(CancellationToken.None);
        KafkaRecordBuilder record = new() { Partition = 0, Timestamp = new EventTime(1_765_279_800_000) };
        Encoding.UTF8.GetBytes("Đặng", record.Key);
        Encoding.UTF8.GetBytes("học phí", record.Value);
        record.AddHeader("trace", "1"u8);
        producer.Add(record);
        producer.Add("k"u8, [], hasValue: false, partition: 0);
        producer.Add([], [], partition: 0);
        await CommitAsync(producer, 1);

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(3);
        Assert.Equal([("Đặng", "học phí"), ("k", null), ("", "")], reader.Records.Select(r => (r.Key, r.Value)));
        Assert.Equal(1_765_279_800_000, reader.Records[0].Timestamp.Milliseconds);
        Assert.Equal([("trace", "1")], reader.Records[0].Headers);
    }

    [ContractFact]
    public async Task Records_are_acknowledged_and_more_than_a_producer_holds_pass_through_it()
    {
        await CreateTopicAsync(1);
        ProducerProbe probe = new();
        IKafkaTransactionalProducer producer = await OpenAsync(probe: probe);
        await producer.BeginAsync(CancellationToken.None);
        byte[] value = new byte[1_000];
        for (int i = 0; i < 30_000; i++)
        {
            if (producer.IsFull)
            {
                await producer.FlushAsync(CancellationToken.None);
            }

            producer.Add([], value, partition: 0);
        }

        await CommitAsync(producer, 1);

        await Wait.UntilAsync("all acknowledgements", () => probe.Acknowledged == 30_000);
        Assert.Empty(probe.Refusals);
        Assert.Equal(30_000, (await ReadToEndAsync()).Count);
    }

    [ContractFact]
    public async Task A_record_that_is_refused_is_reported_and_its_transaction_cannot_be_committed()
    {
        await CreateTopicAsync(1);
        ProducerProbe probe = new();
        IKafkaTransactionalProducer producer = await OpenAsync(probe: probe);
        await producer.BeginAsync(CancellationToken.None);
        producer.Add([], "nowhere"u8, partition: 3);
        Add(producer, 0, "lost");
        producer.Send();
        await Wait.UntilAsync("the refusal", () => probe.Refusals.Count == 1);
        await Assert.ThrowsAsync<KafkaTransactionException>(() => CommitAsync(producer, 1));

        await WriteAsync(await OpenAsync(), 2, "next");
        Assert.Equal(2, await OffsetAsync());
        Assert.Equal(["next"], await ReadToEndAsync());
    }

    [ContractFact]
    public async Task Settings_of_the_cluster_that_are_unknown_are_null()
    {
        await CreateTopicAsync(1);

        Assert.Null(await Admin.BrokerSettingAsync("no.such.setting", CancellationToken.None));
        Assert.Null(await Admin.TopicSettingAsync(Topic, "no.such.setting", CancellationToken.None));
        Assert.Null(await Admin.GroupOffsetAsync(_id, Topic, 0, CancellationToken.None));
    }

    [ContractFact]
    public async Task A_bounded_source_ends_behind_transactions_that_were_aborted_and_the_group_keeps_up()
    {
        await CreateTopicAsync(2);
        IKafkaTransactionalProducer producer = await OpenAsync();
        await WriteAsync(producer, 1, "a");
        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, "aborted");
        Add(producer, 1, "aborted");
        await producer.FlushAsync(CancellationToken.None);
        await producer.AbortAsync(CancellationToken.None);

        KafkaSourceOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic, GroupId = Group, IsBounded = true };
        await using SourceHarness<string> source = await OpenSourceAsync(options);
        await source.ReadToEndAsync();
        Assert.Equal(["a"], source.Rows.Select(row => row.Row));
        await source.DisposeAsync();

        // Nothing is left to read, so a start from the group's offsets ends at once too.
        await using SourceHarness<string> again = await OpenSourceAsync(options with { Start = KafkaStart.Group });
        await again.ReadToEndAsync();
        Assert.Empty(again.Rows);
    }

    private static void Add(IKafkaTransactionalProducer producer, int partition, params string[] values)
    {
        foreach (string value in values)
        {
            producer.Add([], Encoding.UTF8.GetBytes(value), partition: partition);
        }
    }

    private async Task<IKafkaTransactionalProducer> OpenAsync(string? id = null, TimeSpan? timeout = null, ProducerProbe? probe = null)
    {
        IKafkaTransactionalProducer producer = Track(Clients.OpenTransactionalProducer(
            Connect(), Topic, new KafkaTransactionOptions(id ?? _id, timeout ?? TimeSpan.FromSeconds(60)), probe ?? new ProducerProbe()));
        await producer.InitializeAsync(CancellationToken.None);
        return producer;
    }

    private async Task WriteAsync(IKafkaTransactionalProducer producer, long offset, params string[] values)
    {
        await producer.BeginAsync(CancellationToken.None);
        Add(producer, 0, values);
        await CommitAsync(producer, offset);
    }

    private Task CommitAsync(IKafkaTransactionalProducer producer, long offset) =>
        producer.CommitAsync(_id, new KafkaOffset(0, offset), CancellationToken.None);

    private Task<long?> OffsetAsync() => Admin.GroupOffsetAsync(_id, Topic, 0, CancellationToken.None);
}
