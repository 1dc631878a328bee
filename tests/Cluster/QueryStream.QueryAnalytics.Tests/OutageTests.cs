using QueryStream.Coordinator;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A broker that dies, and a store that does not respond.</summary>
public sealed class OutageTests(Servers servers) : AnalyticsTests(servers)
{
    [ServersFact]
    public async Task A_broker_that_is_killed_and_comes_back_loses_nothing()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(Servers, partitions: 4);
        IReadOnlyList<RawRecord> records = MessyQueries.Make(new MessySettings { Count = 6_000, Partitions = 4 });
        // After a restart the broker serves the job at once, but the producer only at its next retry, possibly seconds later and per partition.
        // Without a longer idle-after, partitions without records would become idle and the retried records late.
        await run.StartAsync(parallelism: 2, [.. ShortWindows(), ("idle-after", "2min")]);
        run.Send(records.Take(3_000));
        await run.ReadAsync();

        await Servers.Kafka.KillAsync();
        run.Send(records.Skip(3_000).Take(1_000));
        await Servers.Kafka.RestartAsync();
        run.Send(records.Skip(4_000));
        await CloseAsync(run, records);

        Assert.Equal(JobStatus.Running, run.Job.Status);
        Assert.Equal(run.Produced.Count, run.Job.Metrics().RecordsRead);
        Assert.Equal(0, run.Job.Metrics().Counters["late"]);
    }

    [ServersFact]
    public async Task A_store_that_freezes_for_ten_seconds_loses_nothing_and_turns_nothing_back()
    {
        await using AnalyticsRun run = await AnalyticsRun.PrepareAsync(Servers, partitions: 4);
        IReadOnlyList<RawRecord> records = MessyQueries.Make(new MessySettings { Seed = 3, Count = 6_000, Partitions = 4 });
        // Shorter than the freeze, and longer than a busy machine may take between the records of two partitions.
        await run.StartAsync(parallelism: 2, [.. ShortWindows(), ("idle-after", "5s")]);
        run.Send(records.Take(3_000));
        await run.ReadAsync();

        Servers.Redis.Freeze();
        run.Send(records.Skip(3_000));
        await PassAsync(TimeSpan.FromSeconds(10));
        Servers.Redis.Resume();
        await CloseAsync(run, records);

        Assert.Equal(JobStatus.Running, run.Job.Status);
        await AssertMessagesAsync(run, IsOfTheEnd(records));
    }
}
