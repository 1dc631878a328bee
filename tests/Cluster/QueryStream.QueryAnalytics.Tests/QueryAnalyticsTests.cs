using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.TestKit;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>The whole job on a real Kafka and a real Redis, against an oracle over what was produced, through faults of both.</summary>
public sealed class QueryAnalyticsTests(Servers servers) : IClassFixture<Servers>
{
    private const long TimeToLive = 2_592_000;

    // Windows of seconds, so that a test in real time sees them close.
    private static readonly OracleSettings Short = new()
    {
        WindowSeconds = new OracleSettings().WindowSeconds.ToDictionary(window => window.Key, window => window.Value >= 60 ? 4 : 2),
    };

    [ServersTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task A_bounded_run_leaves_what_the_oracle_computes(int parallelism)
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(servers, partitions: 5);
        run.Send(MessyQueries.Make(new MessySettings { Seed = (ulong)parallelism, Count = 20_000, Partitions = 5 }));
        await run.FlushAsync();
        string deadLetterFile = Path.Combine(Path.GetTempPath(), $"dead-letters-{Guid.NewGuid():n}.jsonl");
        await run.StartAsync(parallelism, ("bounded", "true"), ("dead-letter.file", deadLetterFile));
        JobResult result = await run.Job.Completion;

        OracleResults expected = QueryAnalyticsOracle.Expect(run.Produced);
        Assert.Equal(JobStatus.Finished, result.Status);
        Assert.Empty(run.Log.Of(LogLevel.Error));
        Dictionary<string, string> stored = await run.StoredAsync();
        Assert.Empty(expected.Differences(stored));
        Assert.All(await run.TimesToLiveAsync(stored.Keys), seconds => Assert.InRange(seconds, TimeToLive - 600, TimeToLive));
        await AssertMessagesAsync(run, stored);

        Assert.Equal(run.Produced.Count, result.Metrics.RecordsRead);
        Assert.Equal(0, result.Metrics.Counters["late"]);
        Assert.Equal(Sorted(expected.DeadLetterCounts), Sorted(result.Metrics.DeadLetters));
        Assert.Equal(Sorted(expected.Results), Sorted(Results(result.Metrics)));
        AssertDeadLetterFile(deadLetterFile, expected);
    }

    [ServersFact]
    public async Task A_broker_that_is_killed_and_comes_back_loses_nothing()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(servers, partitions: 4);
        IReadOnlyList<RawRecord> records = MessyQueries.Make(new MessySettings { Count = 6_000, Partitions = 4 });
        // A broker that is back answers the job at once, and the producer when it tries again, which may be seconds later and not for all partitions
        // at a time: to the job they would be partitions without records, as they are in life where that takes longer than idle-after.
        await run.StartAsync(parallelism: 2, [.. ShortWindows(), ("idle-after", "2min")]);
        run.Send(records.Take(3_000));
        await run.ReadAsync();

        await servers.Kafka.KillAsync();
        run.Send(records.Skip(3_000).Take(1_000));
        await servers.Kafka.RestartAsync();
        run.Send(records.Skip(4_000));
        await CloseAsync(run, records);

        Assert.Equal(JobStatus.Running, run.Job.Status);
        Assert.Equal(run.Produced.Count, run.Job.Metrics().RecordsRead);
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);
    }

    [ServersFact]
    public async Task A_store_that_freezes_for_ten_seconds_loses_nothing_and_turns_nothing_back()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(servers, partitions: 4);
        IReadOnlyList<RawRecord> records = MessyQueries.Make(new MessySettings { Seed = 3, Count = 6_000, Partitions = 4 });
        await run.StartAsync(parallelism: 2, ShortWindows());
        run.Send(records.Take(3_000));
        await run.ReadAsync();

        servers.Redis.Freeze();
        run.Send(records.Skip(3_000));
        await PassAsync(TimeSpan.FromSeconds(10));
        servers.Redis.Resume();
        await CloseAsync(run, records);

        Assert.Equal(JobStatus.Running, run.Job.Status);
        await AssertMessagesAsync(run, await run.StoredAsync());
    }

    [ServersFact]
    public async Task A_broker_that_freezes_for_a_minute_makes_nothing_late()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(servers, partitions: 4);
        await run.StartAsync(parallelism: 2, ShortWindows());
        run.Send(Now(200));
        await run.ReadAsync();

        servers.Kafka.Freeze();
        Stopwatch frozen = Stopwatch.StartNew();
        while (frozen.Elapsed < TimeSpan.FromSeconds(60))
        {
            // The producer keeps them until the broker answers again: old times, but late for nobody.
            run.Send(Now(20));
            await PassAsync(TimeSpan.FromSeconds(1));
        }

        servers.Kafka.Resume();
        run.Send(Now(200));
        await run.FlushAsync();
        await run.ReadAsync();

        // Nothing more comes, and the windows close all the same.
        await run.SettleAsync(QueryAnalyticsOracle.Expect(run.Produced, Short));
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);
    }

    [ServersFact]
    public async Task A_replay_of_events_a_year_old_loses_none_and_its_windows_close()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(servers, partitions: 4);
        long yearAgo = TimeProvider.System.GetUtcNow().AddYears(-1).ToUnixTimeMilliseconds();
        run.Send(MessyQueries.Make(new MessySettings { Seed = 5, Count = 6_000, Partitions = 4, Start = yearAgo }));
        await run.FlushAsync();
        await run.StartAsync(parallelism: 2, ShortWindows());

        await run.SettleAsync(QueryAnalyticsOracle.Expect(run.Produced, Short));
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);
    }

    private static (string Name, string Value)[] ShortWindows() =>
        [.. Short.WindowSeconds.Select(window => ($"window.{window.Key}", string.Create(CultureInfo.InvariantCulture, $"{window.Value}s")))];

    private static Task PassAsync(TimeSpan duration)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return Wait.UntilAsync($"{duration} to pass", () => watch.Elapsed >= duration, duration + TimeSpan.FromSeconds(30));
    }

    private static IEnumerable<RawRecord> Now(int count)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return Enumerable.Range(0, count).Select(i => new RawRecord(
            i % 4,
            0,
            now,
            Encoding.UTF8.GetBytes($$"""{"query":"Điểm thi {{i % 5}}","user_id":"u{{i % 17}}","user_type":"Sinh viên","years":{{i % 4}},"response_time":{{i}},"timestamp":{{now}}}""")));
    }

    /// <summary>One event a partition an hour later closes the windows before it; its own stay open and do not count.</summary>
    private static async Task CloseAsync(AnalyticsRun run, IReadOnlyList<RawRecord> records)
    {
        long later = records.Max(record => record.Timestamp) + 3_600_000;
        string closed = DateTimeOffset.FromUnixTimeMilliseconds(later).AddMinutes(-30).ToString("s", CultureInfo.InvariantCulture);
        run.Send(Enumerable.Range(0, 4).Select(partition => new RawRecord(
            partition, 0, later, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"query\":\"the end\",\"timestamp\":{later}}}")))));
        await run.FlushAsync();
        await run.ReadAsync();
        await run.SettleAsync(
            QueryAnalyticsOracle.Expect(records, Short),
            value => string.CompareOrdinal((string)value["window_start"]!, closed) > 0);
    }

    private static async Task AssertMessagesAsync(AnalyticsRun run, Dictionary<string, string> stored)
    {
        Dictionary<string, string> last = await run.LastMessagesAsync(stored.Count);
        Assert.Equal(stored.Keys.Order(StringComparer.Ordinal), last.Keys.Order(StringComparer.Ordinal));
        Assert.All(stored, value => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value.Value), JsonNode.Parse(last[value.Key])), value.Key));
    }

    private static void AssertDeadLetterFile(string path, OracleResults expected)
    {
        List<(int, long)> written = [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!).Select(letter => ((int)letter["partition"]!, (long)letter["offset"]!))];
        Assert.Equal(expected.DeadLetters.Values.SelectMany(records => records).Order(), written.Order());
        File.Delete(path);
    }

    private static Dictionary<string, long> Results(JobMetrics metrics) => metrics.Counters
        .Where(counter => counter.Key.StartsWith("results.", StringComparison.Ordinal))
        .ToDictionary(counter => counter.Key["results.".Length..], counter => counter.Value);

    private static IEnumerable<KeyValuePair<string, long>> Sorted(IReadOnlyDictionary<string, long> counts) => counts.OrderBy(count => count.Key, StringComparer.Ordinal);
}
