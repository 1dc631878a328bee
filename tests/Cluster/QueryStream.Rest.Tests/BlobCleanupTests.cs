using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Rest.Uploads;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Which files of jobs a leading coordinator deletes. The clock is the test's; the cluster's jobs are real.</summary>
public sealed class BlobCleanupTests
{
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task The_files_of_a_job_are_deleted_when_it_has_ended_and_not_before()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "EndlessJob");

        // Until then the cluster reads the files, and marks them by its own clock.
        await client.ReachesAsync(job, "RUNNING");
        string[] files = FilesOf(cluster);
        using BlobCleanup cleanup = New(cluster);

        await RunForAsync(cleanup, TimeSpan.FromHours(5));
        Assert.Equal(files, FilesOf(cluster));

        await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}?mode=cancel");
        await client.ReachesAsync(job, "CANCELED");

        // Its state is known before the coordinator has forgotten it.
        await Wait.UntilAsync("the job to be forgotten", () => cluster.Leading!.Overview().Jobs.Count == 0);
        await RunForAsync(cleanup, TimeSpan.FromMinutes(45));
        Assert.Equal(files, FilesOf(cluster));
        await RunForAsync(cleanup, TimeSpan.FromMinutes(30));
        Assert.Empty(FilesOf(cluster));
    }

    [Fact]
    public async Task Files_are_kept_of_jobs_that_are_to_be_resumed_and_of_those_that_may_be_submitted_to_a_new_leader()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        Registry registry = new();
        registry.Jobs.Add(Registered(await client.SendJobsAsync()));
        string[] files = FilesOf(cluster);
        using BlobCleanup cleanup = New(cluster, registry);
        CoordinatorNode leading = cluster.Leading!;

        // Nobody touches them while another coordinator leads.
        cluster.Leading = null;
        await RunForAsync(cleanup, TimeSpan.FromHours(5));
        Assert.Equal(files, FilesOf(cluster));

        cluster.Leading = leading;
        await RunForAsync(cleanup, TimeSpan.FromHours(5));
        Assert.Equal(files, FilesOf(cluster));

        registry.Jobs.Clear();
        cluster.Leading = null;
        await RunForAsync(cleanup, TimeSpan.FromHours(2));
        cluster.Leading = leading;
        await RunForAsync(cleanup, TimeSpan.FromMinutes(60));
        Assert.Equal(files, FilesOf(cluster));
        await RunForAsync(cleanup, TimeSpan.FromMinutes(30));
        Assert.Empty(FilesOf(cluster));
    }

    [Fact]
    public async Task The_files_of_uploads_are_kept_until_these_are_deleted()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        string id = (string)(await client.UploadAsync("Jobs.dll", Zips.Jobs(cluster))).Answer["filename"]!;
        string[] files = FilesOf(cluster);
        Assert.Equal(2, files.Length);
        using BlobCleanup cleanup = New(cluster);

        await RunForAsync(cleanup, TimeSpan.FromHours(5));
        Assert.Equal(files, FilesOf(cluster));

        await client.SendAsync(HttpMethod.Delete, $"/jars/{id}");
        await RunForAsync(cleanup, TimeSpan.FromHours(2));
        Assert.Empty(FilesOf(cluster));
    }

    [Fact]
    public Task Nothing_is_deleted_while_the_registry_cannot_be_read() => KeepsAllAsync(
        new Registry { Problem = new CheckpointStorageException("Redis does not answer.") }, "not deleted: Redis does not answer.");

    [Fact]
    public Task Nothing_is_deleted_while_a_job_of_the_registry_cannot_be_read() =>
        KeepsAllAsync(new Registry { Damaged = 1 }, "1 jobs of the registry cannot be read");

    private async Task KeepsAllAsync(Registry registry, string warning)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        await client.SendJobsAsync();
        string[] files = FilesOf(cluster);
        using BlobCleanup cleanup = New(cluster, registry);

        await RunForAsync(cleanup, TimeSpan.FromHours(5));

        Assert.Equal(files, FilesOf(cluster));
        Assert.Contains(cluster.Logs.Of(LogLevel.Warning), line => line.Contains(warning, StringComparison.Ordinal));
    }

    private static string[] FilesOf(RestCluster cluster) => [.. Directory.GetFiles(cluster.FolderOf("blobs")).Order(StringComparer.Ordinal)];

    private static RegisteredJob Registered(string bundle) => new(
        new JobId(7),
        new JobSubmission(new JobReference(bundle, "EndlessJob"), new JobSettings(new Dictionary<string, string>()), 1),
        DateTimeOffset.UnixEpoch,
        Recoveries: 1);

    private BlobCleanup New(RestCluster cluster, IJobRegistry? registry = null)
    {
        BlobStore store = new(new BlobOptions { Directory = cluster.FolderOf("blobs") }, _time, cluster.Logs.CreateLogger<BlobStore>());
        return new BlobCleanup(store, cluster, registry, cluster.Service<UploadList>(), _time, cluster.Logs.CreateLogger<BlobCleanup>());
    }

    private async Task RunForAsync(BlobCleanup cleanup, TimeSpan duration)
    {
        DateTimeOffset end = _time.GetUtcNow() + duration;
        await cleanup.RunAsync(default);
        while (_time.GetUtcNow() < end)
        {
            _time.Advance(TimeSpan.FromMinutes(15));
            await cleanup.RunAsync(default);
        }
    }

    private sealed class Registry : IJobRegistry
    {
        public List<RegisteredJob> Jobs { get; } = [];

        public QueryStreamException? Problem { get; init; }

        public int Damaged { get; init; }

        public Task<RegisteredJobs> ReadAsync(CancellationToken cancellationToken) =>
            Problem is null ? Task.FromResult(new RegisteredJobs(Jobs, Damaged)) : throw Problem;

        public Task PutAsync(RegisteredJob job, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RemoveAsync(JobId job, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
