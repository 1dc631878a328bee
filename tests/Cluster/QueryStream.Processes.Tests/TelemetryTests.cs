using System.Text.Json.Nodes;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>What processes send where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-telemetry-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Checkpoints_and_the_recovery_from_a_killed_worker_are_traced_and_metrics_are_sent()
    {
        await using OtlpServer server = new();
        await using ProcessCluster cluster = new()
        {
            Variables =
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", server.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            ],
        };
        cluster.StartCoordinator();
        cluster.StartWorker("worker-1");
        cluster.StartWorker("worker-2");
        await cluster.RegisteredAsync("worker-1", "worker-2");
        string engine = $"-D execution.checkpointing.dir={Folder("checkpoints")} -D execution.checkpointing.interval=100ms";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Folder("job"))} -p 1 {engine} -- {NumberingJob.Settings(Folder("out"), Folder("gate"))}");
        await SentAsync(server, "traces", "querystream-coordinator", id, "checkpoint of a subtask", "querystream.checkpoint.alignment_ms");
        await SentAsync(server, "metrics", "querystream-worker", "flink_taskmanager_job_task_numRecordsIn", "flink_jobmanager_numRunningJobs");
        JsonNode used = (await cluster.UntilAsync("the workers", "/taskmanagers", _ => true))["taskmanagers"]!.AsArray()
            .First(worker => (int)worker!["freeSlots"]! == 0)!;

        cluster.Worker((string)used["id"]!).Kill();

        await SentAsync(server, "traces", "recovery", "querystream.lost_worker", "stopped", "placed", "deployed", "running");
    }

    private static async Task SentAsync(OtlpServer server, string signal, params string[] texts)
    {
        foreach (string text in texts)
        {
            await Wait.UntilAsync($"{signal} with '{text}'", () => server.Has(signal, text), TimeSpan.FromSeconds(60));
        }
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);
}
