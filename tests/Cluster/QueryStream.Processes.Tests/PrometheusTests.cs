using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueryStream.Testing.Redis;

namespace QueryStream.Processes.Tests;

/// <summary>A running Prometheus with the configuration, the alerts and the dashboards of deploy/monitoring.</summary>
public sealed partial class PrometheusTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-prometheus-");

    private static string Monitoring => Path.Combine(AppContext.BaseDirectory, "monitoring");

    public void Dispose() => _folder.Delete(recursive: true);

    [PrometheusFact]
    public async Task Every_query_of_the_alerts_and_the_dashboards_finds_its_metrics_and_a_worker_that_is_killed_fires_its_alert()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ProcessCluster cluster = new();
        cluster.StartCoordinator($"--storage file://{Folder("storage")}");
        string[] workers = ["worker-1", "worker-2"];
        string[] ports = [.. workers.Select(worker => StartWorker(cluster, worker))];
        await cluster.RegisteredAsync(workers);
        await WriteConfigAsync(cluster.Coordinator, ports);
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(_folder.FullName);
        string gate = Folder("gate");
        string settings = $"{NumberingJob.Settings(Folder("out"), gate)} --last-gate={Folder("never")} --redis=redis://{redis.Address}";
        string engine = $"-D execution.checkpointing.dir=file://{Folder("checkpoints")} -D execution.checkpointing.interval=500ms "
            + "-D restart-strategy.type=fixed-delay -D restart-strategy.fixed-delay.delay=100ms";
        string id = await cluster.SubmitAsync($"{NumberingJob.Write(Folder("job"))} -p 2 {engine} -- {settings}");
        await prometheus.UntilAsync("all targets to be up", async () => await prometheus.CountAsync("up == 1") == 3);
        await cluster.UntilAsync("a checkpoint", $"/jobs/{id}/checkpoints", checkpoints => (int)checkpoints["counts"]!["completed"]! > 0);

        // There is a recovery then, a target that is down, and rows that the last attempt writes.
        cluster.Worker("worker-1").Kill();
        await cluster.UntilAsync("the restart", $"/jobs/{id}", job =>
            (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["restarts"]! == 1);
        await File.WriteAllTextAsync(gate, "");
        await prometheus.UntilAsync("the worker to be missing", async () => await prometheus.CountAsync("up{job=\"worker\"} == 0") == 1);
        await AssertAlertsAsync(prometheus);
        await AssertDashboardsAsync(prometheus);
    }

    // What an alert waits for has not happened, so its query yields nothing, but each metric in it is there.
    private static async Task AssertAlertsAsync(PrometheusServer prometheus)
    {
        JsonNode groups = (await prometheus.GetAsync("rules"))["groups"]!;
        JsonNode[] rules = [.. groups.AsArray().SelectMany(group => group!["rules"]!.AsArray()).OfType<JsonNode>()];
        Assert.NotEmpty(rules);
        foreach (string query in rules.Select(rule => (string)rule["query"]!))
        {
            await prometheus.CountAsync(query);
            Assert.NotEmpty(Metric().Matches(query));
            foreach (string metric in Metric().Matches(query).Select(match => match.Value))
            {
                await prometheus.UntilAsync($"{metric} of an alert", async () => await prometheus.CountAsync(metric) > 0);
            }
        }

        JsonNode missing = rules.Single(rule => (string)rule["name"]! == "WorkerMissing");
        await prometheus.UntilAsync(
            "the alert of the missing worker",
            async () => (await prometheus.GetAsync("alerts"))["alerts"]!.AsArray()
                .Any(alert => (string)alert!["labels"]!["alertname"]! == (string)missing["name"]!));
        Assert.All((await prometheus.GetAsync("rules"))["groups"]![0]!["rules"]!.AsArray(), rule => Assert.Equal("ok", (string)rule!["health"]!));
    }

    // Every panel shows something.
    private static async Task AssertDashboardsAsync(PrometheusServer prometheus)
    {
        string[] files = Directory.GetFiles(Path.Combine(Monitoring, "grafana", "dashboards"));
        Assert.Equal(2, files.Length);
        foreach (string file in files)
        {
            JsonNode board = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            foreach (JsonNode? variable in board["templating"]!["list"]!.AsArray())
            {
                Match labels = LabelValues().Match((string)variable!["query"]!["query"]!);
                string path = $"label/{labels.Groups["label"]}/values?match[]={labels.Groups["metric"]}";

                // Until its graph is built, a job has the name of its class.
                Assert.Contains("Numbering", (await prometheus.GetAsync(path)).AsArray().Select(value => (string)value!));
            }

            foreach (JsonNode? panel in board["panels"]!.AsArray())
            {
                foreach (string query in panel!["targets"]!.AsArray().Select(target => (string)target!["expr"]!))
                {
                    string ofJob = query.Replace("$job", "Numbering", StringComparison.Ordinal);
                    await prometheus.UntilAsync(
                        $"the panel '{panel["title"]}' of {Path.GetFileName(file)} to show {ofJob}",
                        async () => await prometheus.CountAsync(ofJob) > 0);
                }
            }
        }
    }

    private static string StartWorker(ProcessCluster cluster, string name)
    {
        string port = ProcessCluster.FreePort().ToString(CultureInfo.InvariantCulture);
        string coordinator = string.Create(CultureInfo.InvariantCulture, $"localhost:{cluster.Port}");
        cluster.StartWorker(name, slots: 2, $"--coordinator {coordinator} --http-port {port}");
        return port;
    }

    // The files as they are, but for the addresses and how often they are asked.
    private async Task WriteConfigAsync(string coordinator, string[] workerPorts)
    {
        string folder = Path.Combine(Monitoring, "prometheus");
        string config = Path.Combine(folder, "prometheus.yml");
        string rules = Path.Combine(folder, "alerts.yml");
        await PrometheusServer.CheckAsync("config", config);
        await PrometheusServer.CheckAsync("rules", rules);
        string text = await File.ReadAllTextAsync(config);
        foreach ((string former, string own) in new[]
        {
            ("coordinator:8081", coordinator),
            ("worker-1:9249", $"127.0.0.1:{workerPorts[0]}"),
            ("worker-2:9249", $"127.0.0.1:{workerPorts[1]}"),
            ("scrape_interval: 5s", "scrape_interval: 1s"),
            ("evaluation_interval: 5s", "evaluation_interval: 1s"),
        })
        {
            Assert.Contains(former, text, StringComparison.Ordinal);
            text = text.Replace(former, own, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Folder("prometheus.yml"), text);
        File.Copy(rules, Folder("alerts.yml"));
        await PrometheusServer.CheckAsync("config", Folder("prometheus.yml"));
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    [GeneratedRegex("flink_[A-Za-z0-9_]+|up\\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^label_values\((?<metric>\w+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    private sealed class PrometheusFactAttribute : FactAttribute
    {
        public PrometheusFactAttribute() => Skip = PrometheusServer.MissingReason ?? RedisServer.MissingReason(ownServer: false);
    }
}
