using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Sources and producers while a broker is dead, frozen or missing.</summary>
public sealed class OutageTests(OutageFixture broker) : IClassFixture<OutageFixture>
{
    // Generous: librdkafka may be waiting to reconnect, and the machine may be busy.
    private static readonly TimeSpan Recovered = TimeSpan.FromSeconds(60);

    private readonly KafkaServer _server = broker.Server!;
    private readonly RealSubject _subject = new(broker.Server!);
    private readonly string _topic = $"outage-{Guid.NewGuid():n}";

    [KafkaFact(ownServer: true)]
    public async Task Records_written_and_read_across_a_kill_of_the_broker_come_once_and_in_order()
    {
        await CreateTopicAsync(2);
        await using SourceHarness<string> source = await OpenSourceAsync();
        ProducerProbe probe = new();
        await using IKafkaProducer producer = _subject.Clients.OpenProducer(Connection, _topic, probe);
        int written = Write(producer, 0, 20_000);
        await source.ReadAsync(5_000);

        await _server.KillAsync();
        written = Write(producer, written, 20_000);
        await WaitForDownAsync();
        Task flush = producer.FlushAsync(CancellationToken.None);
        Assert.False(flush.IsCompleted);
        await _server.RestartAsync();
        await Wait.ForAsync("the flush", flush, Recovered);
        written = Write(producer, written, 5_000);
        await source.ReadAsync(written, Recovered);
        await source.ReadUntilAsync("the end", () => source.Ends.Count >= 2, Recovered);

        for (int partition = 0; partition < 2; partition++)
        {
            Assert.Equal(
                Enumerable.Range(0, written).Where(i => i % 2 == partition).Select(i => $"{i}"),
                source.Rows.Where(row => row.Split == partition).Select(row => row.Row));
        }

        Assert.Equal(written, probe.Acknowledged);
        Assert.Empty(probe.Refusals);
        AssertOneOutage();
    }

    [KafkaFact(ownServer: true)]
    public async Task Offsets_of_groups_are_told_while_the_first_group_of_a_cluster_still_gets_its_coordinator()
    {
        // A broker of its own, since it does that once.
        await using KafkaServer server = await KafkaServer.StartAsync();
        LibrdkafkaClients clients = new(TimeProvider.System, NullLoggerFactory.Instance, server.Address);
        await using IKafkaAdmin admin = clients.OpenAdmin(new KafkaConnection(server.Address, "", new Dictionary<string, string>()));
        await admin.CreateTopicAsync(_topic, 1, null, CancellationToken.None);

        Task<long?[]> offsets = Task.WhenAll(Enumerable.Range(0, 8).Select(OffsetAsync));
        await Wait.ForAsync("the offsets", offsets, Recovered);

        Assert.All(await offsets, offset => Assert.Null(offset));

        async Task<long?> OffsetAsync(int group)
        {
            while (true)
            {
                try
                {
                    return await admin.GroupOffsetAsync($"group-{group}", _topic, 0, CancellationToken.None);
                }
                catch (ServiceUnavailableException)
                {
                    // The machine is slow: the next request waits on.
                }
            }
        }
    }

    [KafkaFact(ownServer: true)]
    public async Task A_deleted_topic_is_no_outage()
    {
        await CreateTopicAsync(1);
        await using IKafkaProducer producer = _subject.Clients.OpenProducer(Connection, _topic, new ProducerProbe());
        Write(producer, 0, 1);
        await producer.FlushAsync(CancellationToken.None);
        await using SourceHarness<string> source = await OpenSourceAsync();
        await source.ReadAsync(1);

        await using IKafkaAdmin admin = _subject.Clients.OpenAdmin(Connection);
        await admin.DeleteTopicAsync(_topic, CancellationToken.None);
        await source.ReadUntilAsync("requests for the ends of the deleted topic", () => Lines(2014) >= 3, Recovered);

        Assert.Equal((0, 0), (Lines(2010), Lines(2011)));
    }

    [KafkaFact(ownServer: true)]
    public async Task A_frozen_broker_confirms_nothing()
    {
        await CreateTopicAsync(2);
        await using SourceHarness<string> source = await OpenSourceAsync();
        await source.ReadUntilAsync("a confirmation of both", () => source.Ends.Select(end => end.Split).Distinct().Count() == 2);

        // Requests sent before the freeze may still get a response; later ones must not.
        _server.Freeze();
        EventTime frozen = Now();
        try
        {
            await WaitForDownAsync(source);
        }
        finally
        {
            _server.Resume();
        }

        EventTime resumed = Now();
        int before = source.Ends.Count;
        Assert.DoesNotContain(source.Ends.Take(before), end => end.At > frozen);
        await source.ReadUntilAsync(
            "confirmations of both", () => source.Ends.Where(end => end.At > resumed).Select(end => end.Split).Distinct().Count() == 2, Recovered);
        AssertOneOutage();
    }

    [KafkaFact(ownServer: true)]
    public async Task A_dead_broker_confirms_nothing_and_what_follows_its_return_is_read()
    {
        await CreateTopicAsync(2);
        await using SourceHarness<string> source = await OpenSourceAsync();
        await source.ReadUntilAsync("a confirmation", () => source.Ends.Count > 0);
        await _server.KillAsync();
        EventTime killed = Now();
        await WaitForDownAsync(source);
        Assert.DoesNotContain(source.Ends, end => end.At > killed);

        await _server.RestartAsync();
        await using IKafkaProducer producer = _subject.Clients.OpenProducer(Connection, _topic, new ProducerProbe());
        Write(producer, 0, 10);
        await source.ReadAsync(10, Recovered);
        await source.ReadUntilAsync("a confirmation", () => source.Ends[^1].At > killed, Recovered);
        AssertOneOutage();
    }

    [KafkaFact(ownServer: true)]
    public async Task A_source_opened_at_a_frozen_broker_gives_up_within_ten_seconds()
    {
        await CreateTopicAsync(2);
        _server.Freeze();
        try
        {
            await UnreachableTests.AssertUnavailableAsync(_subject.Clients, _server.Address, _topic);
        }
        finally
        {
            _server.Resume();
        }
    }

    [KafkaFact(ownServer: true)]
    public async Task Offsets_are_committed_while_a_source_runs()
    {
        await CreateTopicAsync(2);
        await using SourceHarness<string> source = await OpenSourceAsync("running");
        await using IKafkaProducer producer = _subject.Clients.OpenProducer(Connection, _topic, new ProducerProbe());
        Write(producer, 0, 200);
        await source.ReadAsync(200);

        await using IKafkaAdmin admin = _subject.Clients.OpenAdmin(new KafkaConnection(_server.Address, "running", Connection.Properties));
        await Wait.UntilAsync("the commit", async () => (await admin.CommittedAsync(_topic, [0], CancellationToken.None))[0] == 100);
    }

    private KafkaConnection Connection => new(_server.Address, "", new Dictionary<string, string>());

    private static EventTime Now() => EventTime.From(TimeProvider.System.GetUtcNow());

    private static int Write(IKafkaProducer producer, int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            producer.Add([], Encoding.UTF8.GetBytes($"{i}"), partition: i % 2);
        }

        producer.Send();
        return from + count;
    }

    private async Task CreateTopicAsync(int partitions)
    {
        await using IKafkaAdmin admin = _subject.Clients.OpenAdmin(Connection);
        await admin.CreateTopicAsync(_topic, partitions, config: null, CancellationToken.None);
    }

    private SourceHarness<string> New(KafkaSourceOptions options) =>
        new(job => job.Kafka<string>("texts", options).Format(new GoodTexts()), 0, 1, TimeProvider.System, _subject.Clients)
        {
            HasCheckpoints = false,
        };

    private async Task<SourceHarness<string>> OpenSourceAsync(string group = "")
    {
        SourceHarness<string> source = New(new KafkaSourceOptions { BootstrapServers = _server.Address, Topic = _topic, GroupId = group });
        await source.OpenAsync();
        return source;
    }

    private Task WaitForDownAsync(SourceHarness<string>? source = null)
    {
        bool IsDown() => Lines(2010) > 0;
        string LastLines() => string.Join('\n', _subject.Logs.Lines.TakeLast(20).Select(line => $"{line.Level} {line.Message}"));
        return Wait.UntilAsync(
            "the warning",
            () =>
            {
                source?.Poll();
                return IsDown();
            },
            seen: LastLines);
    }

    private int Lines(int id) => _subject.Logs.Lines.Count(line => line.Id == id);

    // One warning, one line after recovery, and no error.
    private void AssertOneOutage()
    {
        string seen = string.Join(
            "\n", _subject.Logs.Lines.Where(line => line.Level > LogLevel.Debug).Select(line => $"{line.Level} {line.Message}"));
        Assert.True(Lines(2010) == 1, seen);
        Assert.True(Lines(2011) == 1, seen);
        Assert.DoesNotContain(_subject.Logs.Lines, line => line.Level >= LogLevel.Error);
    }
}
