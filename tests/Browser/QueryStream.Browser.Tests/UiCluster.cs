namespace QueryStream.Browser.Tests;

/// <summary>A cluster of processes with a job that waits in the middle of its input.</summary>
internal sealed class UiCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-browser-");

    private CommandProcess? _coordinator;

    private UiCluster(ProcessCluster cluster) => Cluster = cluster;

    public ProcessCluster Cluster { get; }

    /// <summary>The id of the job.</summary>
    public string Job { get; private set; } = "";

    /// <summary>Where savepoints of the job go.</summary>
    public string Savepoints => FolderOf("savepoints");

    /// <summary>A path in the folder of this cluster, which is deleted with it.</summary>
    public string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Starts a coordinator, two workers of two slots, and the job at parallelism 2.</summary>
    /// <param name="properties">Further settings of the processes.</param>
    /// <param name="token">The secret of the pages; empty: none.</param>
    public static async Task<UiCluster> StartAsync(string properties = "", string token = "")
    {
        ProcessCluster processes = new() { Properties = token.Length > 0 ? $"web.auth.token: {token}\n{properties}" : properties };
        UiCluster cluster = new(processes);
        cluster.StartCoordinator();
        processes.StartWorker("worker-1", slots: 2);
        processes.StartWorker("worker-2", slots: 2);
        await processes.RegisteredAsync("worker-1", "worker-2");
        if (token.Length == 0)
        {
            await cluster.SubmitAsync();
        }

        return cluster;
    }

    /// <summary>Starts the coordinator, which goes on with the job if it was there before.</summary>
    public void StartCoordinator() => _coordinator = Cluster.StartCoordinator($"--storage file://{FolderOf("storage")}");

    /// <summary>Kills the coordinator.</summary>
    public async Task StopCoordinatorAsync()
    {
        _coordinator!.Kill();
        await _coordinator.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task SubmitAsync()
    {
        string engine = $"-D execution.checkpointing.dir=file://{FolderOf("checkpoints")} "
            + $"-D execution.checkpointing.savepoint-dir=file://{Savepoints} -D execution.checkpointing.interval=500ms";
        string settings = NumberingJob.Settings(FolderOf("out"), FolderOf("gate"));
        Job = await Cluster.SubmitAsync($"{NumberingJob.Write(FolderOf("job"))} -p 2 {engine} -- {settings}");
        await Cluster.UntilAsync("a checkpoint", $"/jobs/{Job}/checkpoints", answer => (long)answer["counts"]!["completed"]! > 1);
    }
}
