using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A broker that does not respond. In a class of its own, since its minute is real time.</summary>
public sealed class FrozenBrokerTests(Servers servers) : AnalyticsTests(servers)
{
    [ServersFact]
    public async Task A_broker_that_freezes_for_a_minute_makes_nothing_late()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(Servers, partitions: 4);
        await run.StartAsync(parallelism: 2, ShortWindows());
        run.Send(Now(200));
        await run.ReadAsync();

        Servers.Kafka.Freeze();
        Stopwatch frozen = Stopwatch.StartNew();
        while (frozen.Elapsed < TimeSpan.FromSeconds(60))
        {
            // The producer keeps these records until the broker responds again. Their event times are old, but they are not late.
            run.Send(Now(20));
            await PassAsync(TimeSpan.FromSeconds(1));
        }

        Servers.Kafka.Resume();
        run.Send(Now(200));
        await run.FlushAsync();
        await run.ReadAsync();

        // No more records follow, and the windows still close.
        await run.SettleAsync(QueryAnalyticsOracle.Expect(run.Produced, Short));
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);

        // A client that finds no broker any more would never come back by itself.
        Assert.Contains(run.Log.Of(LogLevel.Debug), line => line.EndsWith("it is asked by a new client", StringComparison.Ordinal));
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
}
