using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueryStream.Wire.Metrics;

namespace QueryStream.ClusterHost.Tests.Telemetry;

/// <summary>Dashboards, alerts and docs/metrics.md know the metrics that there are, and no others.</summary>
public sealed partial class MonitoringFilesTests
{
    private static readonly (string Prefix, IReadOnlyList<MetricInfo> Metrics)[] Scopes =
    [
        ("flink_taskmanager_", MetricCatalog.Process),
        ("flink_jobmanager_", MetricCatalog.Process),
        ("flink_jobmanager_", MetricCatalog.Coordinator),
        ("flink_jobmanager_job_", [.. MetricCatalog.Job, MetricCatalog.RecoveryPhase]),
        ("flink_taskmanager_job_task_", [.. MetricCatalog.Task, MetricCatalog.SinkLatency, MetricCatalog.SinkWriteLatency]),
        ("flink_taskmanager_job_task_operator_", MetricCatalog.Operator),
    ];

    private static readonly HashSet<string> Names =
        [.. Scopes.SelectMany(scope => scope.Metrics.Select(metric => scope.Prefix + metric.Id.Replace('.', '_')))];

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder("monitoring"), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder("monitoring"), file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_metric_of_a_file_exists(string file)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Folder("monitoring"), file));

        Assert.All(MetricName().Matches(text), match => Assert.Contains(match.Value, Names));
    }

    [Theory]
    [InlineData("cluster.json")]
    [InlineData("job.json")]
    public async Task Every_panel_of_a_dashboard_has_a_query_and_a_place_of_its_own(string name)
    {
        JsonNode board = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder("monitoring"), "grafana", "dashboards", name)))!;
        JsonArray panels = board["panels"]!.AsArray();

        Assert.NotEmpty(panels);
        Assert.All(panels, panel => Assert.All(
            panel!["targets"]!.AsArray(), target => Assert.Matches(MetricName(), (string)target!["expr"]!)));
        Assert.Distinct(panels.Select(panel => panel!["gridPos"]!.ToJsonString()));
        Assert.Distinct(panels.Select(panel => (int)panel!["id"]!));
    }

    [Fact]
    public async Task The_document_has_each_metric_with_its_unit_kind_and_meaning()
    {
        string document = await File.ReadAllTextAsync(Path.Combine(Folder("docs"), "metrics.md"));

        IEnumerable<string> lines = Scopes.SelectMany(scope => scope.Metrics)
            .Select(metric => $"| `{metric.Id}` | {metric.Unit} | {(metric.IsCounter ? "counter" : "gauge")} | {metric.Description} |");
        Assert.All(lines, line => Assert.Contains(line, document, StringComparison.Ordinal));
        HashSet<string> ids = [.. Scopes.SelectMany(scope => scope.Metrics).Select(metric => metric.Id)];
        Assert.All(Row().Matches(document), match => Assert.Contains(match.Groups[1].Value, ids));
    }

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, name);

    [GeneratedRegex("flink_(task|job)manager_[A-Za-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("^\\| `([^`]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
