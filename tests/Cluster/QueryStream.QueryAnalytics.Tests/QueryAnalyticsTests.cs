using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>Runs without faults.</summary>
public sealed class QueryAnalyticsTests(Servers servers) : AnalyticsTests(servers)
{
    private const long TimeToLive = 2_592_000;

    [ServersTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task A_bounded_run_leaves_what_the_oracle_computes(int parallelism)
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(Servers, partitions: 5);
        run.Send(MessyQueries.Make(new MessySettings { Seed = (ulong)parallelism, Count = 20_000, Partitions = 5 }));
        await run.FlushAsync();
        string deadLetterFile = Path.Combine(Path.GetTempPath(), $"dead-letters-{Guid.NewGuid():n}.jsonl");

        // No partition is idle while a busy machine fetches the others.
        await run.StartAsync(parallelism, ("bounded", "true"), ("idle-after", "1min"), ("dead-letter.file", deadLetterFile));
        JobResult result = await run.Job.Completion;

        OracleResults expected = QueryAnalyticsOracle.Expect(run.Produced);
        Assert.Equal(JobStatus.Finished, result.Status);
        Assert.Empty(run.Log.Of(LogLevel.Error));
        Dictionary<string, string> stored = await run.StoredAsync();
        IReadOnlyList<string> differences = expected.Differences(stored);
        Assert.True(differences.Count == 0, $"Late rows: {result.Metrics.Counters["late"]}. {string.Join('\n', differences)}");
        Assert.All(await run.TimesToLiveAsync(stored.Keys), seconds => Assert.InRange(seconds, TimeToLive - 600, TimeToLive));
        await AssertMessagesAsync(run);

        Assert.Equal(run.Produced.Count, result.Metrics.RecordsRead);
        Assert.Equal(0, result.Metrics.Counters["late"]);
        Assert.Equal(Sorted(expected.DeadLetterCounts), Sorted(result.Metrics.DeadLetters));
        Assert.Equal(Sorted(expected.Results), Sorted(Results(result.Metrics)));
        AssertDeadLetterFile(deadLetterFile, expected);
    }

    [ServersFact]
    public async Task A_replay_of_events_a_year_old_loses_none_and_its_windows_close()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(Servers, partitions: 4);
        long yearAgo = TimeProvider.System.GetUtcNow().AddYears(-1).ToUnixTimeMilliseconds();
        run.Send(MessyQueries.Make(new MessySettings { Seed = 5, Count = 6_000, Partitions = 4, Start = yearAgo }));
        await run.FlushAsync();
        await run.StartAsync(parallelism: 2, ShortWindows());

        await run.SettleAsync(QueryAnalyticsOracle.Expect(run.Produced, Short));
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);
    }

    private static void AssertDeadLetterFile(string path, OracleResults expected)
    {
        List<(int, long)> written =
            [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!).Select(letter => ((int)letter["partition"]!, (long)letter["offset"]!))];
        Assert.Equal(expected.DeadLetters.Values.SelectMany(records => records).Order(), written.Order());
        File.Delete(path);
    }

    private static Dictionary<string, long> Results(JobMetrics metrics) => metrics.Counters
        .Where(counter => counter.Key.StartsWith("results.", StringComparison.Ordinal))
        .ToDictionary(counter => counter.Key["results.".Length..], counter => counter.Value);

    private static IEnumerable<KeyValuePair<string, long>> Sorted(IReadOnlyDictionary<string, long> counts) =>
        counts.OrderBy(count => count.Key, StringComparer.Ordinal);
}
