using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

/// <summary>Query Analytics while its topic changes, in virtual time, with one query per second and partition.</summary>
public sealed class TopicTroubleTests
{
    private const string Topic = "user-queries";

    private readonly JobHarness _job;
    private Servers? _servers;
    private long _written;

    public TopicTroubleTests() => _job = new JobHarness(
        new QueryAnalyticsJob().Define,
        parallelism: 2,
        seed: 11,
        new JobSettings(new Dictionary<string, string> { ["early-interval"] = "off" }),
        time => _servers = new Servers(time, partitions: 1))
    {
        IsPinned = true, // a moved job reads some records again, so the test could not tell when all have been read
    };

    private InMemoryKafka Kafka => _servers!.Kafka;

    [Fact]
    public async Task Queries_of_transactions_that_are_committed_every_30_seconds_are_not_late()
    {
        for (int transaction = 0; transaction < 3; transaction++)
        {
            InMemoryTransaction open = Kafka.BeginTransaction();
            for (int second = 0; second < 30; second++)
            {
                Append(0, open);
                Advance();
            }

            open.Commit();
            await ReadAllAsync();
        }

        Assert.Equal(0, _job.Counter("late"));
        await CloseWindowsAsync(90);
    }

    [Fact]
    public async Task Queries_of_a_partition_that_is_added_are_not_late()
    {
        for (int second = 0; second < 78; second++)
        {
            if (second == 8)
            {
                await using IKafkaAdmin admin = Kafka.OpenAdmin(new KafkaConnection("memory:1", "", new Dictionary<string, string>()));
                await admin.AddPartitionsAsync(Topic, 2, CancellationToken.None);
            }

            Append(0);
            if (second >= 8)
            {
                Append(1);
            }

            Advance();
        }

        await ReadAllAsync();
        Assert.Equal(0, _job.Counter("late"));
        await CloseWindowsAsync(78 + 70);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_closes_its_windows_and_one_that_is_created_again_with_fewer_partitions_goes_on()
    {
        await using IKafkaAdmin admin = Kafka.OpenAdmin(new KafkaConnection("memory:1", "", new Dictionary<string, string>()));
        await admin.AddPartitionsAsync(Topic, 2, CancellationToken.None);
        for (int second = 0; second < 8; second++)
        {
            Append(0);
            Append(1);
            Advance();
        }

        await ReadAllAsync();
        Kafka.DeleteTopic(Topic);
        await CloseWindowsAsync(16);

        Kafka.CreateTopic(Topic, 1);
        for (int second = 0; second < 40; second++)
        {
            Append(0);
            Advance();
        }

        await ReadAllAsync();
        Assert.Equal(0, _job.Counter("late"));
        await CloseWindowsAsync(40);
    }

    private void Append(int partition, InMemoryTransaction? transaction = null)
    {
        EventTime now = new(_job.Clock);
        byte[] value = Encoding.UTF8.GetBytes($$"""{"query":"q","user_type":"u","timestamp":{{now.Milliseconds}}}""");
        _written++;
        if (transaction is null)
        {
            Assert.True(Kafka.TryAppend(Topic, partition, [], value, now));
        }
        else
        {
            transaction.Append(Topic, partition, [], value, now);
        }
    }

    private void Advance()
    {
        _job.Advance(TimeSpan.FromSeconds(1));
        _job.Run();
        Assert.Null(_job.Failure);
    }

    private Task ReadAllAsync() => Wait.UntilAsync("all queries to be read", () =>
    {
        _job.Run();
        return _job.Metrics.Sum(metrics => metrics.RecordsRead.Value) == _written;
    });

    // No further queries: time advances by proven silence, and all queries written since the last call are in the windows by user type.
    private async Task CloseWindowsAsync(int queries)
    {
        HashSet<string> seen = [.. _seen];
        await Wait.UntilAsync(
            "windows with all queries to be closed",
            () =>
            {
                Advance();
                return Closed().Where(result => !seen.Contains(result.Key)).Sum(result => result.Count) == queries;
            },
            seen: () => string.Join('\n', Closed()));
        _seen.UnionWith(Closed().Select(result => result.Key));
    }

    private readonly HashSet<string> _seen = [];

    private IEnumerable<(string Key, long Count)> Closed() => _servers!.Stored()
        .Where(result => result.Key.StartsWith("analytics:faculty:", StringComparison.Ordinal)
            && result.Value.Contains("\"final\":true", StringComparison.Ordinal))
        .Select(result => (result.Key, System.Text.Json.JsonDocument.Parse(result.Value).RootElement.GetProperty("query_count").GetInt64()));
}
