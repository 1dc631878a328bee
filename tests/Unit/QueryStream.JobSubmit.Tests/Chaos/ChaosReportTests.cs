using System.Text.Json;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Chaos;
using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Tests.Chaos;

/// <summary>The report of <c>chaos</c>: its figures, and its three formats.</summary>
public sealed class ChaosReportTests
{
    private readonly ProducedEvents _events = new(ChaosRequest.Window);
    private readonly Differences _differences = new();

    [Theory]
    [InlineData(0.01, 10)]
    [InlineData(0.5, 20)]
    [InlineData(0.51, 30)]
    [InlineData(0.75, 30)]
    [InlineData(0.95, 40)]
    [InlineData(1, 40)]
    public void A_percentile_is_the_least_value_that_so_many_do_not_exceed(double share, int milliseconds)
    {
        TimeSpan[] sorted = [Of(10), Of(20), Of(30), Of(40)];

        Assert.Equal(Of(milliseconds), PhaseStatistics.Percentile(sorted, share));
    }

    [Fact]
    public void Phases_stand_in_their_order_whichever_recovery_had_them()
    {
        IReadOnlyList<PhaseStatistics> phases = PhaseStatistics.Of(
        [
            [new Phase("noticed", Of(5)), new Phase("running", Of(30)), new Phase(Phase.Total, Of(35))],
            [new Phase("noticed", Of(1)), new Phase("placed", Of(7)), new Phase("running", Of(10)), new Phase(Phase.Total, Of(18))],
        ]);

        Assert.Equal(["noticed", "placed", "running", Phase.Total], phases.Select(phase => phase.Name));
        Assert.Equal(new PhaseStatistics("running", 2, Of(10), Of(30), Of(30)), phases[2]);
        Assert.Equal(1, phases[1].Count);
    }

    [Fact]
    public void Latencies_are_counted_by_milliseconds_and_merged()
    {
        LatencyHistogram latencies = new();
        Assert.Null(latencies.Percentile(0.5));

        latencies.Add(-1);
        latencies.Add(Latencies(Enumerable.Range(1, 99)));

        Assert.Equal((100, Of(49), Of(98), Of(99)), (
            latencies.Count, latencies.Percentile(0.5), latencies.Percentile(0.99), latencies.Percentile(1)));
    }

    [Fact]
    public void The_text_says_whether_each_event_counts_once_with_the_seed_and_all_figures()
    {
        string text = ReportFormats.ToText(Report(), width: null);

        Assert.StartsWith("Chaos: EXACTLY ONCE after 2 rounds and 12.3 s\n", text, StringComparison.Ordinal);
        Assert.Contains("coordinators: 2, workers: 2, slots of each: 2", text, StringComparison.Ordinal);
        Assert.Contains("1 kill-worker, 1 kill-leader; 1 of them in a checkpoint, 0 in a recovery", text, StringComparison.Ordinal);
        Assert.Contains("seed      77", text, StringComparison.Ordinal);
        Assert.Contains("all of them, each once: 0 lost, 0 duplicated, 0 wrong", text, StringComparison.Ordinal);
        Assert.Contains("kill-worker worker-1 in a checkpoint", text, StringComparison.Ordinal);
        Assert.Contains("worker-2 ended by itself", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_has_a_table_of_each_kind_whose_rows_have_all_cells()
    {
        _differences.Add(DifferenceKind.Duplicate, "event 1 | twice");

        string[] lines = ReportFormats.ToMarkdown(Report()).Split('\n');

        Assert.Equal("# Chaos: DIFFERENT after 2 rounds and 12.3 s", lines[0]);
        Assert.Contains("- **found**: 0 lost, 1 duplicated, 0 wrong", lines);
        Assert.Contains(@"- duplicate: event 1 \| twice", lines);
        int recovery = Array.IndexOf(lines, "## Recovery by phase");
        Assert.Equal(
            [
                "| phase | recoveries | p50 | p95 | max |",
                "| --- | ---: | ---: | ---: | ---: |",
                "| noticed | 2 | 10 ms | 20 ms | 20 ms |",
                "| total | 2 | 900 ms | 1,800 ms | 1,800 ms |",
            ],
            lines[(recovery + 2)..(recovery + 6)]);
        Assert.Contains("| redis | 1,000 ms | 2,000 ms | 2,000 ms | 100 | 25 % | 25 % |", lines);
        foreach (string line in lines.Where(line => line.StartsWith('|') && line.Contains("kill-", StringComparison.Ordinal)))
        {
            Assert.Equal(10, line.Count(c => c == '|'));
        }
    }

    [Fact]
    public void Json_has_the_same_figures()
    {
        using JsonDocument json = JsonDocument.Parse(ReportFormats.ToJson(Report()));

        JsonElement report = json.RootElement;
        Assert.Equal("equal", report.GetProperty("result").GetString());
        Assert.Equal((2, 2, 77), (
            report.GetProperty("kills").GetInt32(), report.GetProperty("faults").GetInt32(), report.GetProperty("seed").GetInt32()));
        Assert.Equal(1_800, report.GetProperty("recovery").GetProperty("total").GetProperty("p95_ms").GetInt64());
        JsonElement redis = report.GetProperty("outputs").GetProperty("redis");
        Assert.Equal(2_000, redis.GetProperty("downtime").GetProperty("max_ms").GetInt64());
        Assert.Equal(25, redis.GetProperty("throughput_percent").GetProperty("min").GetDouble());
        Assert.Equal(7, redis.GetProperty("latency_before").GetProperty("p99_ms").GetInt64());
        JsonElement round = report.GetProperty("rounds")[0];
        Assert.Equal("checkpoint", round.GetProperty("faults")[0].GetProperty("moment").GetString());
        Assert.Equal(900, round.GetProperty("recoveries")[0].GetProperty("total_ms").GetInt64());
        Assert.Equal(0, report.GetProperty("differences").GetProperty("lost").GetInt64());
    }

    [Fact]
    public void A_file_whose_extension_names_no_format_is_refused()
    {
        UsageException refused = Assert.Throws<UsageException>(() => ReportFormats.RequireFile("report.pdf"));

        Assert.Equal("Option '--report': 'report.pdf' is not allowed. Allowed: a file FILE.md, FILE.json or FILE.txt.", refused.Message);
    }

    [Fact]
    public void A_file_in_a_folder_that_is_missing_is_refused_before_the_run()
    {
        UsageException refused = Assert.Throws<UsageException>(() => ReportFormats.RequireFile("/no/such/folder/report.md"));

        Assert.Equal("Option '--report': there is no folder /no/such/folder. Create it, or name another file.", refused.Message);
    }

    private static TimeSpan Of(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static LatencyHistogram Latencies(IEnumerable<int> milliseconds)
    {
        LatencyHistogram latencies = new();
        foreach (int one in milliseconds)
        {
            latencies.Add(one);
        }

        return latencies;
    }

    private static ChaosRound Round(int number, Fault fault)
    {
        OutputImpact impact = new()
        {
            Downtime = TimeSpan.FromSeconds(number),
            BaselineRate = 100,
            FaultRate = 25,
            Before = Latencies([7]),
            During = Latencies([500 * number]),
            After = Latencies([8]),
        };
        return new ChaosRound([fault], [[new Phase("noticed", Of(10 * number)), new Phase(Phase.Total, Of(900 * number))]], impact, impact);
    }

    private ChaosReport Report() => new(new ChaosRequest { Seed = 77 })
    {
        Rounds =
        [
            Round(1, new Fault(FaultKind.KillWorker, FaultMoment.Checkpoint, "worker-1")),
            Round(2, new Fault(FaultKind.KillLeader, FaultMoment.Running, "coordinator-2")),
        ],
        Checkpoints = 40,
        Restores = 1,
        Duration = TimeSpan.FromSeconds(12.3),
        Producing = TimeSpan.FromSeconds(10),
        Events = _events,
        Differences = _differences,
        Remarks = ["Process 3 of worker-2 ended by itself, with exit code 1."],
    };
}
