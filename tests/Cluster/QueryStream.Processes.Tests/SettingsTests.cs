using System.Text.Json.Nodes;
using QueryStream.Testing.Assemblies;

namespace QueryStream.Processes.Tests;

/// <summary>Processes with Flink's keys as settings.</summary>
public sealed class SettingsTests : IDisposable
{
    // Ten rows, and 64 MB for each: more than the worker has.
    private const string Hoard = UserCode.Connectors + """

        public sealed class Hoard : IStreamJob
        {
            private static readonly List<byte[]> Kept = new();
            public string Name => "Hoard";
            public void Define(StreamBuilder job) => job.Source("numbers", new Numbers()).Map(Keep).To("lines", new Lines<long>("/dev/null"));

            private static long Keep(long number)
            {
                Kept.Add(new byte[64 << 20]);
                return number;
            }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_that_needs_more_memory_than_its_worker_has_fails_and_the_worker_lives()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 0, slots: 1);
        cluster.StartWorker("worker-1", options: $"{cluster.WorkerOptions} -D taskmanager.memory.process.size=384m");
        await cluster.RegisteredAsync("worker-1");

        CommandEnd run = await cluster.RunAsync($"run {UserJobs.Write(new UserAssembly(_folder.FullName, "Hoard", Hoard))} -p 1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("OutOfMemoryException", run.Errors, StringComparison.Ordinal);
        JsonNode workers = await cluster.UntilAsync("the free slot", "/taskmanagers", answer => (int)answer["taskmanagers"]![0]!["freeSlots"]! == 1);
        Assert.Single(workers["taskmanagers"]!.AsArray());
    }

    [Fact]
    public async Task Variables_serve_all_processes_and_jobs_take_what_they_do_not_set()
    {
        string checkpoints = Path.Combine(_folder.FullName, "checkpoints");
        await using ProcessCluster cluster = new()
        {
            Properties = $"""
                taskmanager.numberOfTaskSlots: 3
                parallelism.default: 3
                execution.checkpointing.interval: 100ms
                execution.checkpointing.dir: file://{checkpoints}
                """,
        };
        cluster.StartCoordinator();
        cluster.StartWorker("worker-1", slots: null);
        await cluster.RegisteredAsync("worker-1");

        string gate = Path.Combine(_folder.FullName, "gate");
        string output = Path.Combine(_folder.FullName, "out");
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Path.Combine(_folder.FullName, "job"))} -- {NumberingJob.Settings(output, gate)}");
        await cluster.UntilAsync("a checkpoint", $"/jobs/{id}/checkpoints", answer => (int)answer["counts"]!["completed"]! > 0);
        JsonNode worker = await cluster.UntilAsync("the slots", "/taskmanagers", _ => true);
        Assert.Equal((3, 0), ((int)worker["taskmanagers"]![0]!["slotsNumber"]!, (int)worker["taskmanagers"]![0]!["freeSlots"]!));
        Assert.NotEmpty(Directory.GetFileSystemEntries(checkpoints));
    }
}
