using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>What only a real broker has: transactions, limits and properties.</summary>
public sealed class RealBrokerTests(SharedBrokerFixture broker) : KafkaContract(new RealSubject(broker.Server!)), IClassFixture<SharedBrokerFixture>
{
    [KafkaFact]
    public async Task A_partition_that_ends_with_marks_of_transactions_is_read_to_its_end()
    {
        await CreateTopicAsync(2);
        using (Transactions transactions = new(Subject.Address, Topic))
        {
            transactions.Write(0, Numbered("committed", 5), commit: true);
            transactions.Write(0, Numbered("aborted", 5), commit: false);
            transactions.Write(1, Numbered("aborted", 5), commit: false);
        }

        KafkaSourceOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic };
        await using SourceHarness<string> bounded = await OpenSourceAsync(options with { IsBounded = true });
        await bounded.ReadToEndAsync();
        await using SourceHarness<string> unbounded = await OpenSourceAsync(options);
        await unbounded.ReadUntilAsync("confirmations of both", () => unbounded.Ends.Select(end => end.Split).Distinct().Count() == 2);

        Assert.Equal(Numbered("committed", 5), bounded.Rows.Select(row => row.Row));
        Assert.Equal(Numbered("committed", 5), unbounded.Rows.Select(row => row.Row));
        Assert.Equal(
            [new KafkaWatermarks(0, 0, 12), new KafkaWatermarks(1, 0, 6)], await Admin.WatermarksAsync(Topic, [0, 1], CancellationToken.None));
    }

    [KafkaFact]
    public async Task Silence_is_not_proven_while_a_transaction_is_open_and_its_records_are_read_when_it_is_committed()
    {
        await CreateTopicAsync(2);
        KafkaSourceOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic };
        await using SourceHarness<string> source = await OpenSourceAsync(options);
        await source.ReadUntilAsync("confirmations of both", () => source.Ends.Select(end => end.Split).Distinct().Count() == 2);

        using Transactions transactions = new(Subject.Address, Topic);
        transactions.Open(0, Numbered("value", 5));
        EventTime opened = EventTime.From(TimeProvider.System.GetUtcNow());
        int ConfirmedSince(int split) => source.Ends.Count(end => end.Split == split && end.At > opened);
        await source.ReadUntilAsync("confirmations of the other partition", () => ConfirmedSince(1) >= 5);
        Assert.Equal(0, ConfirmedSince(0));
        Assert.Empty(source.Rows);

        transactions.Commit();
        await source.ReadUntilAsync("a confirmation of both", () => ConfirmedSince(0) > 0);
        Assert.Equal(Numbered("value", 5), source.Rows.Select(row => row.Row));
    }

    [KafkaFact]
    public async Task A_topic_that_is_created_again_is_noticed_before_a_record_of_it_is_taken_for_one_of_the_old()
    {
        await CreateTopicAsync(1);
        await WriteAsync(0, Numbered("old", 30));

        // Periodic lookups are off. librdkafka would continue at the old offset as soon as it knows the new topic.
        KafkaSourceOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic, PartitionDiscoveryInterval = TimeSpan.FromHours(1) };
        await using SourceHarness<string> source = await OpenSourceAsync(options);
        await source.ReadAsync(30);
        await RecreateTopicAsync(100);
        EventTime written = EventTime.From(TimeProvider.System.GetUtcNow());
        await source.ReadUntilAsync("the new topic's end", () => source.Rows.Count > 30 && source.Ends.Any(end => end.At > written));

        Assert.Equal([.. Numbered("old", 30), .. Numbered("new", 100)], source.Rows.Select(row => row.Row));
    }

    [KafkaFact]
    public async Task A_record_that_the_broker_finds_too_large_is_refused_and_the_others_are_written()
    {
        await CreateTopicAsync(1);
        IKafkaProducer producer = OpenProducer(out ProducerProbe probe);
        producer.Add([], "before"u8);
        await producer.FlushAsync(CancellationToken.None);
        producer.Add([], new byte[3_000_000]);
        await producer.FlushAsync(CancellationToken.None);
        producer.Add([], "after"u8);
        await producer.FlushAsync(CancellationToken.None);

        await Wait.UntilAsync("the refusal", () => probe.Refusals.Count == 1 && probe.Acknowledged == 2);
        Assert.True(probe.Refusals.TryPeek(out ServiceRefusedException? refusal));
        Assert.Contains("3000000 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Topic}'", refusal.Message, StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task A_record_that_the_broker_finds_too_large_fails_the_exactly_once_sink_and_nothing_of_its_committable_is_visible()
    {
        await CreateTopicAsync(1);
        KafkaSinkOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic, Delivery = DeliveryGuarantee.ExactlyOnce };
        await using SinkHarness<string> sink = new(
            rows => rows.ToKafka("sink", options, static (in row, record) => Encoding.UTF8.GetBytes(row, record.Value)),
            SinkHarnessTask.New(),
            TimeProvider.System,
            Clients);
        await sink.OpenAsync();
        sink.Write("before", new string('x', 3_000_000));
        await sink.PrepareAsync(1);

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => sink.CommitAsync(1, TimeSpan.FromSeconds(60)));

        Assert.Contains("3000000 bytes", Assert.IsType<ServiceRefusedException>(failure.InnerException).Message, StringComparison.Ordinal);
        Assert.Empty(await ReadToEndAsync());
    }

    [KafkaFact]
    public async Task A_healthy_run_logs_no_warning()
    {
        await CreateTopicAsync(2);
        await WriteAsync(0, Numbered("a", 1_000));
        KafkaSourceOptions options = new() { BootstrapServers = Subject.Address, Topic = Topic, GroupId = Group };
        await using SourceHarness<string> source = await OpenSourceAsync(options);
        await source.ReadAsync(1_000);
        await source.ReadUntilAsync("a confirmation", () => source.Ends.Count > 3);
        await source.DisposeAsync();

        Assert.DoesNotContain(Subject.Logs.Lines.Concat(source.Logs.Lines), line => line.Level >= LogLevel.Warning);
    }

    [KafkaFact]
    public async Task A_property_that_librdkafka_does_not_know_is_an_error_with_its_name()
    {
        await CreateTopicAsync(1);
        KafkaSourceOptions options = new()
        {
            BootstrapServers = Subject.Address,
            Topic = Topic,
            Properties = new Dictionary<string, string> { ["fetch.no.such.thing"] = "1" },
        };

        SettingException error = await Assert.ThrowsAsync<SettingException>(() => OpenSourceAsync(options));

        Assert.Contains("fetch.no.such.thing", error.Message, StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Dead_letters_are_written_as_json()
    {
        await CreateTopicAsync(1);
        await using SinkHarness<DeadLetter> sink = new(
            letters => letters.ToKafka("dead letters", new KafkaSinkOptions { BootstrapServers = Subject.Address, Topic = Topic }),
            SinkHarnessTask.New(),
            TimeProvider.System,
            Clients);
        await sink.OpenAsync();
        await sink.WriteWithBackpressureAsync(
            [new DeadLetter("queries", 3, 42, "malformed-json", "at 5", Encoding.UTF8.GetBytes("{\"query\": \"học phí"))]);
        await sink.FlushAsync();

        ReaderProbe reader = OpenReader((0, 0));
        await reader.ReadAsync(1);
        Assert.Equal("queries-3", reader.Records[0].Key);
        Assert.Equal(
            """{"topic":"queries","partition":3,"offset":42,"reason":"malformed-json","detail":"at 5","value":"{\"query\": \"học phí"}""",
            reader.Records[0].Value);
        Assert.Equal(1, sink.Acknowledged);
    }
}
