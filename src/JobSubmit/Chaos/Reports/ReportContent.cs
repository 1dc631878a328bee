using System.Globalization;
using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>What a report for people says, as text and as Markdown.</summary>
/// <param name="report">The report.</param>
internal sealed class ReportContent(ChaosReport report)
{
    private const string Unknown = "-";

    /// <summary>The result, in one line.</summary>
    public string Headline => Text(
        $"Chaos: {(report.IsEqual ? "EXACTLY ONCE" : "DIFFERENT")} after {report.Rounds.Count:N0} rounds and {report.Duration.TotalSeconds:0.0} s");

    /// <summary>The figures of the whole run, each with its name.</summary>
    public IReadOnlyList<(string Name, string Value)> Figures
    {
        get
        {
            ChaosRequest request = report.Request;
            IEnumerable<string> faults = report.Faults.GroupBy(fault => fault.Kind).OrderBy(kind => kind.Key)
                .Select(kind => Text($"{kind.Count():N0} {FaultKinds.NameOf(kind.Key)}"));
            string counts = string.Join(", ", report.Counts.Select(count => Text($"{count.Count:N0} {count.Name}")));
            string ofThese = Text(
                $"{MomentCount(FaultMoment.Checkpoint):N0} of them in a checkpoint, {MomentCount(FaultMoment.Recovery):N0} in a recovery");
            return
            [
                ("cluster", request.IsLocal
                    ? "one process"
                    : Text($"coordinators: {request.Coordinators:N0}, workers: {request.Workers:N0}, slots of each: {request.ClusterSlots:N0}")),
                ("faults", $"{string.Join(", ", faults)}; {ofThese}"),
                ("restores", Text($"{report.Restores:N0}, of {report.Checkpoints:N0} checkpoints")),
                ("events", Text($"{report.Events.Count:N0} ({report.EventsPerSecond:N0} a second) of {report.Events.Totals.Count:N0} keys")),
                ("seed", Text($"{request.Seed}")),
                ("expected", string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Events.Count:N0} events in the topic, {report.Events.Totals.Count:N0} counts and {report.Events.Windows.Count:N0} "
                    + $"windows in Redis")),
                ("found", $"{(report.IsEqual ? "all of them, each once: " : "")}{counts}"),
            ];

            int MomentCount(FaultMoment moment) => report.Faults.Count(fault => fault.Moment == moment);
        }
    }

    /// <summary>The tables.</summary>
    public IReadOnlyList<ReportTable> Tables => [RecoveryTable, OutputTable, LatencyTable, RoundTable];

    /// <summary>Differences, and what happened without a fault.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            long others = report.Differences.Count - report.Differences.Lines.Count;
            return [.. report.Differences.Lines, .. others > 0 ? [Text($"and {others:N0} more")] : (string[])[], .. report.Remarks];
        }
    }

    /// <summary>A fault, for people.</summary>
    public static string Describe(Fault fault)
    {
        string moment = fault.Moment == FaultMoment.Running ? "" : $" in a {fault.Moment.ToString().ToLowerInvariant()}";
        return $"{FaultKinds.NameOf(fault.Kind)} {fault.Process}{moment}";
    }

    private ReportTable RecoveryTable => new(
        "Recovery by phase",
        ["phase", "!recoveries", "!p50", "!p95", "!max"],
        [.. report.Recovery.Select(phase => new[] { phase.Name, Text($"{phase.Count}"), Of(phase.P50), Of(phase.P95), Of(phase.Max) })]);

    private ReportTable OutputTable => new(
        "Outputs in the faults",
        ["output", "!downtime p50", "!p95", "!max", "!baseline/s", "!throughput p50", "!min"],
        [.. report.Outputs.Select(OutputRow)]);

    private ReportTable LatencyTable => new(
        "End-to-end latency before the first fault, in faults and after them",
        ["output", "!before p50", "!p99", "!during p50", "!p99", "!after p50", "!p99"],
        [
            .. report.Outputs.Select(output => (string[])
            [
                output.Name,
                .. output.Latencies.SelectMany(interval => new[]
                {
                    Of(interval.Latencies.Percentile(0.5)), Of(interval.Latencies.Percentile(0.99)),
                }),
            ]),
        ]);

    private ReportTable RoundTable => new(
        "Rounds",
        [
            "!#", "faults", "!runs again", "!downtime redis", "!kafka", "!throughput redis", "!kafka", "!latency p99 before", "!after",
        ],
        [.. report.Rounds.Select((round, index) => RoundRow(index + 1, round))]);

    private static string[] OutputRow(OutputSummary output) =>
    [
        output.Name,
        Of(output.Downtime(0.5)),
        Of(output.Downtime(0.95)),
        Of(output.Downtime(1)),
        Text($"{output.Baseline:N0}"),
        Percent(output.Throughput),
        Percent(output.MinThroughput),
    ];

    // Latencies of Redis: those of the topic are mainly the time until the next checkpoint.
    private static string[] RoundRow(int number, ChaosRound round) =>
    [
        Text($"{number}"),
        string.Join(", ", round.Faults.Select(Describe)),
        Of(round.Recoveries.SelectMany(recovery => recovery.Where(phase => phase.Name.StartsWith(Phase.Total, StringComparison.Ordinal)))
            .Select(phase => (TimeSpan?)phase.Duration).Max()),
        Of(round.Redis.Downtime),
        Of(round.Topic.Downtime),
        Percent(round.Redis.Throughput),
        Percent(round.Topic.Throughput),
        Of(round.Redis.Before.Percentile(0.99)),
        Of(round.Redis.After.Percentile(0.99)),
    ];

    private static string Of(TimeSpan? duration) => duration is { } known ? Text($"{known.TotalMilliseconds:N0} ms") : Unknown;

    private static string Percent(double? percent) => percent is { } known ? Text($"{known:0} %") : Unknown;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
