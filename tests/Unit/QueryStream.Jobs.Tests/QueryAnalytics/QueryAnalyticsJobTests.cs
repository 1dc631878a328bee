using System.Text;
using System.Text.Json;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

/// <summary>The whole job on the real runtime, with Kafka and Redis in memory and virtual time, compared with the oracle.</summary>
public sealed class QueryAnalyticsJobTests
{
    private const int Partitions = 5;
    private const long EventTime = 1_765_279_800_000;

    private Servers? _servers;

    private Servers Servers => _servers ?? throw new InvalidOperationException("The job has not been started.");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(7, 4)]
    public async Task Ten_analytics_answer_as_the_oracle_does(int parallelism, ulong seed)
    {
        IReadOnlyList<RawRecord> records = Messy(new MessySettings { Seed = seed, Count = 3_000 });
        using JobHarness job = await RunAsync(parallelism, seed, records, ("bounded", "true"));

        OracleResults expected = QueryAnalyticsOracle.Expect(records);
        Assert.Empty(expected.Differences(Servers.Stored()));
        Assert.Equal(expected.Results, expected.Results.Keys.ToDictionary(type => type, type => job.Counter($"results.{type}")));
        Assert.Equal(expected.DeadLetterCounts.OrderBy(reason => reason.Key), DeadLetters(job));
        Assert.Equal(records.Count, job.Metrics.Sum(metrics => metrics.RecordsRead.Value));
        Assert.Equal(0, job.Counter("updates"));
        Assert.Equal(0, job.Counter("late"));
    }

    [Fact]
    public async Task Records_behind_the_watermark_update_their_windows_and_are_counted_so()
    {
        // Events are up to 8 s late, of which 1 s is out-of-orderness and the rest within the lateness. They are read second by second, since only
        // events of a later batch can be late.
        IReadOnlyList<RawRecord> records = Messy(new MessySettings { Seed = 3, Count = 1_000, Disorder = 8_000, BadPerMille = 0 });
        using JobHarness job = Start(parallelism: 2, seed: 5, ("early-interval", "off"));
        job.IsPinned = true; // a moved job reads some records again, so the test could not tell when a second has been read
        foreach (RawRecord[] second in records.Chunk(10))
        {
            await ProduceAsync(job, second);
        }

        await ProduceAsync(job, Enumerable.Range(0, Partitions).Select(partition => Event(partition, 0, 4_000_000)));
        OracleResults expected = QueryAnalyticsOracle.Expect(records);
        await UntilStoredAsync(job, expected);
        Assert.Equal(expected.Results, expected.Results.Keys.ToDictionary(type => type, type => job.Counter($"results.{type}")));
        Assert.InRange(job.Counter("updates"), 100, int.MaxValue);
        Assert.Equal(0, job.Counter("late"));
    }

    [Fact]
    public async Task A_record_that_is_too_late_for_some_windows_counts_once_as_late()
    {
        // A watermark of 60 s removes windows that end by 50 s: the windows of 20 and 30 s around 5 s, and no others.
        RawRecord first = Event(0, 0, 5_000);
        RawRecord[] newest = [.. Enumerable.Range(0, Partitions).Select(partition => Event(partition, 1, 61_001))];
        RawRecord late = Event(0, 2, 6_000);
        using JobHarness job = Start(parallelism: 2, seed: 6);
        await ProduceAsync(job, [first, .. newest]);
        await ProduceAsync(job, [late]);
        await ProduceAsync(job, Enumerable.Range(0, Partitions).Select(partition => Event(partition, 3, 400_000)));

        string[] closed = ["faculty", "year", "heatmap", "popular_queries"];
        OracleResults expected = QueryAnalyticsOracle.Expect(
            [first, .. newest, late], new OracleSettings { IsLate = (record, type) => record == late && closed.Contains(type) });
        await UntilStoredAsync(job, expected);
        Assert.Equal(1, job.Counter("late"));
    }

    [Fact]
    public async Task Early_results_are_not_final_and_the_last_message_of_a_key_is_its_value()
    {
        IReadOnlyList<RawRecord> records = Messy(new MessySettings { Seed = 9, Count = 500, BadPerMille = 0 });
        using JobHarness job = Start(parallelism: 3, seed: 7);
        foreach (RawRecord[] some in records.Chunk(50))
        {
            await ProduceAsync(job, some);
            job.Advance(TimeSpan.FromSeconds(2));
        }

        await ProduceAsync(job, Enumerable.Range(0, Partitions).Select(partition => Event(partition, 3, 4_000_000)));
        await UntilStoredAsync(job, QueryAnalyticsOracle.Expect(records));
        Dictionary<string, List<JsonElement>> messages = [];
        await UntilAsync("the last message of each key to be its value", job, () =>
        {
            Dictionary<string, string> stored = Servers.Stored();
            AddTo(messages);
            return stored.Keys.ToHashSet().SetEquals(messages.Keys)
                && stored.All(value => messages[value.Key][^1].GetProperty("data").GetRawText() == value.Value);
        });
        Assert.Contains(messages.Values, ofKey => !ofKey[0].GetProperty("data").GetProperty("final").GetBoolean());
    }

    [Fact]
    public async Task Results_appear_while_nothing_more_comes()
    {
        using JobHarness job = Start(parallelism: 2, seed: 8);
        await ProduceAsync(job, [Event(1, 0, job.Clock - EventTime)]);
        job.Advance(TimeSpan.FromSeconds(3));
        await UntilAsync("ten early results", job, () => CountStored("\"final\":false}") == 10);

        // The largest windows are of two minutes, and event time advances one second behind the clock.
        job.Advance(TimeSpan.FromSeconds(125));
        await UntilAsync("ten results", job, () => CountStored("\"final\":true}") == 10);
    }

    [Fact]
    public async Task Settings_change_windows_and_who_is_a_student()
    {
        IReadOnlyList<RawRecord> records = Messy(new MessySettings { Seed = 4, Count = 800 });
        using JobHarness job = await RunAsync(1, 8, records, ("bounded", "true"), ("window.faculty", "7s"), ("student-types", "Khách,Cán bộ"));
        OracleSettings settings = new()
        {
            WindowSeconds = new Dictionary<string, int>(new OracleSettings().WindowSeconds) { ["faculty"] = 7 },
            StudentTypes = ["Khách", "Cán bộ"],
        };
        Assert.Empty(QueryAnalyticsOracle.Expect(records, settings).Differences(Servers.Stored()));
    }

    [Fact]
    public async Task A_time_far_beyond_the_clock_closes_nobodys_windows()
    {
        using JobHarness job = Start(1, 9, ("watermark.max-ahead", "1h"));
        long now = job.Clock - EventTime;
        await ProduceAsync(job, [Event(0, 0, now + 3_600_001)]);
        await ProduceAsync(job, [Event(0, 1, now)]);
        Assert.Equal([KeyValuePair.Create("time-out-of-range", 1L)], DeadLetters(job));
        Assert.Equal(0, job.Counter("late"));

        // At the very limit the event is accepted, and advances the watermark.
        await ProduceAsync(job, Enumerable.Range(0, Partitions).Select(partition => Event(partition, 2, now + 3_600_000)));
        await ProduceAsync(job, [Event(0, 3, now)]);
        await UntilAsync("the late record to be counted", job, () => job.Counter("late") == 1);
    }

    [Fact]
    public async Task Values_live_as_long_as_the_time_to_live_says()
    {
        using JobHarness job = await RunAsync(1, 10, [Event(0, 0, 0)], ("bounded", "true"), ("ttl", "2592000s"));
        Assert.NotEmpty(Servers.Redis.Newest(20));
        Assert.All(Servers.Redis.Newest(20), entry => Assert.Equal(2_592_000, (entry.ExpiresAt - entry.WrittenAt).TotalSeconds));
    }

    [Fact]
    public async Task Response_times_whose_sum_is_no_double_have_their_average_and_never_fail_the_job()
    {
        string[] events =
        [
            "{\"query\":\"a\",\"user_type\":\"u\",\"response_time\":1.7e308,\"timestamp\":\"2026-11-28T10:00:00Z\"}",
            "{\"query\":\"a\",\"user_type\":\"u\",\"response_time\":1.7e308,\"timestamp\":\"2026-11-28T10:00:01Z\"}",
            "{\"query\":\"b\",\"user_type\":\"u\",\"response_time\":5,\"timestamp\":\"2026-11-28T10:05:01Z\"}",
        ];
        RawRecord[] records = [.. events.Select((json, offset) => new RawRecord(0, offset, EventTime, Encoding.UTF8.GetBytes(json)))];
        using JobHarness job = await RunAsync(1, 11, records, ("bounded", "true"));
        Assert.Contains(Servers.Stored().Values, value => value.Contains("\"avg_response_time\":1.7E+308", StringComparison.Ordinal));
    }

    private void AddTo(Dictionary<string, List<JsonElement>> messages)
    {
        foreach (string message in Servers.TakeMessages())
        {
            JsonElement json = JsonDocument.Parse(message).RootElement;
            string key = json.GetProperty("key").GetString()!;
            messages.TryAdd(key, []);
            messages[key].Add(json);
        }
    }

    private int CountStored(string end) => Servers.Stored().Count(value => value.Value.EndsWith(end, StringComparison.Ordinal));

    private static RawRecord Event(int partition, long offset, long time)
    {
        string json = $$"""{"query":"a","user_id":"u{{offset}}","user_type":"Sinh viên","years":1,"response_time":{{offset}},"timestamp":{{EventTime + time}}}""";
        return new RawRecord(partition, offset, EventTime + time, Encoding.UTF8.GetBytes(json));
    }

    // TryAppend of Kafka in memory writes no tombstones.
    private static IReadOnlyList<RawRecord> Messy(MessySettings settings) =>
        [.. MessyQueries.Make(settings with { Partitions = Partitions }).Select(record => record with { Value = record.Value ?? [] })];

    private static IEnumerable<KeyValuePair<string, long>> DeadLetters(JobHarness job) => job.Metrics
        .SelectMany(metrics => metrics.DeadLetters)
        .GroupBy(reason => reason.Key, (reason, counters) => KeyValuePair.Create(reason, counters.Sum(counter => counter.Value.Value)))
        .OrderBy(reason => reason.Key);

    private async Task<JobHarness> RunAsync(
        int parallelism, ulong seed, IReadOnlyList<RawRecord> records, params (string Name, string Value)[] settings)
    {
        JobHarness job = Start(parallelism, seed, records, settings);
        await UntilAsync("the end of the job", job, () => job.IsFinished);
        return job;
    }

    private JobHarness Start(int parallelism, ulong seed, params (string Name, string Value)[] settings) => Start(parallelism, seed, [], settings);

    private JobHarness Start(int parallelism, ulong seed, IReadOnlyList<RawRecord> records, (string Name, string Value)[] settings)
    {
        // Virtual time starts long before the event times.
        Dictionary<string, string> values = new() { ["watermark.max-ahead"] = "off" };
        foreach ((string name, string value) in settings)
        {
            values[name] = value;
        }

        return new JobHarness(new QueryAnalyticsJob().Define, parallelism, seed, new JobSettings(values), time =>
        {
            _servers = new Servers(time, Partitions);
            _servers.Produce(records);
            return _servers;
        });
    }

    private async Task ProduceAsync(JobHarness job, IEnumerable<RawRecord> records)
    {
        RawRecord[] all = [.. records];
        long read = RecordsRead(job) + all.Length;
        Servers.Produce(all);
        await UntilAsync("the records to be read", job, () => RecordsRead(job) >= read);
    }

    private static long RecordsRead(JobHarness job) => job.Metrics.Sum(metrics => metrics.RecordsRead.Value);

    // Tasks run on the test's thread in virtual time; the clients of Kafka and Redis also use other threads.
    private static Task UntilAsync(string what, JobHarness job, Func<bool> condition) => Wait.UntilAsync(what, () =>
    {
        job.Run();
        Assert.Null(job.Failure);
        return condition();
    });

    // The oracle's results are stored. There may be more, of open windows or of records that only advance time.
    private Task UntilStoredAsync(JobHarness job, OracleResults expected) => Wait.UntilAsync(
        "the oracle's results",
        () =>
        {
            job.Run();
            Assert.Null(job.Failure);
            return Differences(expected).Count == 0;
        },
        seen: () => string.Join('\n', Differences(expected)));

    private IReadOnlyList<string> Differences(OracleResults expected) =>
        expected.Differences(Servers.Stored().Where(value => expected.Values.ContainsKey(value.Key)).ToDictionary());
}
