using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Kafka.Tests;

/// <summary>How a source handles lookups of its topic that only a faulty cluster returns. The contract tests cover a healthy cluster.</summary>
public sealed class TopicChangeTests
{
    private readonly ManualTime _time = new();
    private readonly InMemoryKafka _kafka;

    // The results of the next lookups. Later ones come from the cluster in memory.
    private readonly ConcurrentQueue<Func<Task<KafkaTopic?>>> _answers = new();
    private int _lookups;

    public TopicChangeTests()
    {
        _kafka = new InMemoryKafka(_time, NullLoggerFactory.Instance);
        _kafka.CreateTopic("t", 1);
    }

    [Fact]
    public async Task A_single_answer_that_there_is_no_topic_means_nothing()
    {
        await using SourceHarness<Text> source = await OpenAsync();
        Answer(1, () => Task.FromResult<KafkaTopic?>(null));
        await LookAsync(source);

        Assert.Null(source.Problem);
        Assert.DoesNotContain(source.Logs.Lines, line => line.Id is 2043 or 2045);
    }

    [Fact]
    public async Task A_topic_that_is_known_again_with_the_same_id_is_read_on()
    {
        await using SourceHarness<Text> source = await OpenAsync();
        Answer(2, () => Task.FromResult<KafkaTopic?>(null));
        Append("on");
        await LookAsync(source);

        Assert.Null(source.Problem);
        Assert.Equal("on", Assert.Single(source.Rows).Row.ToString());
        Assert.Single(source.Logs.Lines, line => line.Id == 2043);
        Assert.Single(source.Logs.Lines, line => line.Id == 2045);
    }

    [Fact]
    public async Task A_refused_lookup_is_a_problem_that_is_logged_once()
    {
        await using SourceHarness<Text> source = await OpenAsync();
        Answer(1_000_000, () => Task.FromException<KafkaTopic?>(new ServiceRefusedException("Kafka", "not allowed")));
        await LookAsync(source, lookups: 3);
        Assert.Equal("not allowed", source.Problem);
        Assert.Single(source.Logs.Lines, line => line.Id == 2046);

        _answers.Clear();
        await LookAsync(source);
        Assert.Null(source.Problem);
    }

    [Fact]
    public async Task An_outage_says_nothing_of_the_topic()
    {
        await using SourceHarness<Text> source = await OpenAsync();
        Answer(10, () => Task.FromException<KafkaTopic?>(new ServiceUnavailableException("Kafka", "memory:1", "away")));
        await LookAsync(source);

        Assert.Null(source.Problem);
        Assert.DoesNotContain(source.Logs.Lines, line => line.Id is >= 2043 and <= 2046);
    }

    [Fact]
    public async Task A_topic_whose_id_is_not_known_is_taken_for_the_same()
    {
        await using SourceHarness<Text> source = await OpenAsync();
        Answer(1, () => Task.FromResult<KafkaTopic?>(new KafkaTopic("t", [0], "")));
        await LookAsync(source);

        Assert.Null(source.Problem);
        Assert.Single(source.Splits);
    }

    [Fact]
    public async Task Without_discovery_new_partitions_are_left_to_the_next_start_and_a_deleted_topic_is_found_all_the_same()
    {
        await using SourceHarness<Text> source = await OpenAsync(discovery: null);
        await using IKafkaAdmin admin = _kafka.OpenAdmin(new KafkaConnection("memory:1", "", new Dictionary<string, string>()));
        await admin.AddPartitionsAsync("t", 3, CancellationToken.None);
        await LookAsync(source);
        Assert.Single(source.Splits);

        _kafka.DeleteTopic("t");
        await LookAsync(source, lookups: 3);
        Assert.NotNull(source.Problem);
    }

    [Fact]
    public async Task A_partition_that_a_recreated_topic_gets_back_is_in_snapshots_with_its_new_position()
    {
        await using IKafkaAdmin admin = _kafka.OpenAdmin(new KafkaConnection("memory:1", "", new Dictionary<string, string>()));
        await admin.AddPartitionsAsync("t", 2, CancellationToken.None);
        await using SourceHarness<Text> source = await OpenAsync();
        Append("old", "old", "old");
        await LookAsync(source);
        _kafka.DeleteTopic("t");
        _kafka.CreateTopic("t", 1);
        await LookAsync(source);
        Assert.Equal([1], source.Ends.Where(end => end.IsFinal).Select(end => end.Split));

        await admin.AddPartitionsAsync("t", 2, CancellationToken.None);
        Append("new");
        await LookAsync(source);
        Assert.Equal(["t-0", "t-1", "t-1"], source.Splits);
        Assert.Equal(-1, source.Snapshot()["t-1"]);
        Assert.Equal(0, source.Snapshot()["t-0"]);
    }

    private void Answer(int times, Func<Task<KafkaTopic?>> answer)
    {
        for (int i = 0; i < times; i++)
        {
            _answers.Enqueue(answer);
        }
    }

    private void Append(params ReadOnlySpan<string> values)
    {
        foreach (string value in values)
        {
            Assert.True(_kafka.TryAppend("t", 0, [], Encoding.UTF8.GetBytes(value), EventTime.From(_time.GetUtcNow())));
        }
    }

    // Waits until the scripted results and some more are handled: each lookup follows the result of the previous one.
    private async Task LookAsync(SourceHarness<Text> source, int lookups = 2)
    {
        int enough = Volatile.Read(ref _lookups) + lookups + (_answers.Count < 100 ? _answers.Count : 0);
        await Wait.UntilAsync("the lookups", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            do
            {
                source.Poll();
            }
            while (source.LastPoll == SourcePoll.More);

            return Volatile.Read(ref _lookups) > enough;
        });
    }

    private async Task<SourceHarness<Text>> OpenAsync(double? discovery = 2)
    {
        KafkaSourceOptions options = new()
        {
            BootstrapServers = "memory:1",
            Topic = "t",
            PartitionDiscoveryInterval = discovery is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        SourceHarness<Text> source = new(job => job.Kafka<Text>("texts", options).Text(), 0, 1, _time, new Clients(this));
        await source.OpenAsync();
        return source;
    }

    private sealed class Clients(TopicChangeTests test) : IKafkaClients
    {
        public IKafkaAdmin OpenAdmin(KafkaConnection connection)
        {
            IKafkaAdmin admin = DispatchProxy.Create<IKafkaAdmin, Admin>();
            ((Admin)admin).Inner = test._kafka.OpenAdmin(connection);
            ((Admin)admin).Test = test;
            return admin;
        }

        public IKafkaReader OpenReader(
            KafkaConnection connection, string topic, IReadOnlyList<KafkaOffset> from, KafkaReaderOptions options, Action wake) =>
            test._kafka.OpenReader(connection, topic, from, options, wake);

        public IKafkaProducer OpenProducer(KafkaConnection connection, string topic, IKafkaProducerListener listener) =>
            test._kafka.OpenProducer(connection, topic, listener);

        public IKafkaTransactionalProducer OpenTransactionalProducer(
            KafkaConnection connection, string topic, KafkaTransactionOptions options, IKafkaProducerListener listener) =>
            test._kafka.OpenTransactionalProducer(connection, topic, options, listener);
    }

    public class Admin : DispatchProxy
    {
        internal IKafkaAdmin Inner { get; set; } = null!;

        internal TopicChangeTests Test { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name != nameof(IKafkaAdmin.FindTopicAsync))
            {
                return targetMethod.Invoke(Inner, args);
            }

            // The first lookup opens the source.
            bool isScripted = Interlocked.Increment(ref Test._lookups) > 1 & Test._answers.TryDequeue(out Func<Task<KafkaTopic?>>? answer);
            return isScripted ? answer!() : targetMethod.Invoke(Inner, args);
        }
    }
}
