using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using QueryStream.TestKit;
using QueryStream.Testing.QueryAnalytics;

// The tests mostly wait, so more of them run at a time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>
/// The whole job on a real Kafka and a real Redis, compared with an oracle over the produced records. Each class has its own servers, so that classes
/// run in parallel.
/// </summary>
public abstract class AnalyticsTests(Servers servers) : IClassFixture<Servers>
{
    /// <summary>Windows of a few seconds, so that they close during a test in real time.</summary>
    protected static readonly OracleSettings Short = new()
    {
        WindowSeconds = new OracleSettings().WindowSeconds.ToDictionary(window => window.Key, window => window.Value >= 60 ? 4 : 2),
    };

    protected Servers Servers => servers;

    protected static (string Name, string Value)[] ShortWindows() =>
        [.. Short.WindowSeconds.Select(window => ($"window.{window.Key}", string.Create(CultureInfo.InvariantCulture, $"{window.Value}s")))];

    protected static Task PassAsync(TimeSpan duration)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return Wait.UntilAsync($"{duration} to pass", () => watch.Elapsed >= duration, duration + TimeSpan.FromSeconds(30));
    }

    /// <summary>
    /// Closes all windows by one event per partition an hour later. Its own windows are to be ignored: they stay open until the partitions are idle.
    /// </summary>
    protected static async Task CloseAsync(AnalyticsRun run, IReadOnlyList<RawRecord> records)
    {
        long later = records.Max(record => record.Timestamp) + 3_600_000;
        run.Send(Enumerable.Range(0, 4).Select(partition => new RawRecord(
            partition,
            0,
            later,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"query\":\"the end\",\"timestamp\":{later}}}")))));
        await run.FlushAsync();
        await run.ReadAsync();
        await run.SettleAsync(QueryAnalyticsOracle.Expect(records, Short), IsOfTheEnd(records));
    }

    /// <summary>Whether a result is of the event that <see cref="CloseAsync"/> sends.</summary>
    protected static Func<JsonObject, bool> IsOfTheEnd(IReadOnlyList<RawRecord> records)
    {
        string closed = DateTimeOffset.FromUnixTimeMilliseconds(records.Max(record => record.Timestamp)).AddMinutes(30)
            .ToString("s", CultureInfo.InvariantCulture);
        return value => string.CompareOrdinal((string)value["window_start"]!, closed) > 0;
    }

    protected static async Task AssertMessagesAsync(AnalyticsRun run, Func<JsonObject, bool>? ignore = null)
    {
        Dictionary<string, string> stored = await run.StoredAsync(ignore);
        Dictionary<string, string> last = await run.LastMessagesAsync(stored.Count, ignore);
        Assert.Equal(stored.Keys.Order(StringComparer.Ordinal), last.Keys.Order(StringComparer.Ordinal));
        Assert.All(stored, value => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value.Value), JsonNode.Parse(last[value.Key])), value.Key));
    }
}
