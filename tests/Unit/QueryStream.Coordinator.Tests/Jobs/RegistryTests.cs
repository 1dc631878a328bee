using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Jobs that outlive their coordinator.</summary>
public sealed class RegistryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-registry-");
    private readonly LogCollector _logs = new();
    private readonly StoredJobs _registry;

    public RegistryTests() => _registry = new StoredJobs(
        new DirectoryClusterStore(DurableFiles.Instance, $"file://{_folder.FullName}", new CheckpointStorages([])), _logs.CreateLogger<StoredJobs>());

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_put_is_read_and_what_is_removed_is_gone()
    {
        RegisteredJob job = Example(1) with { Recoveries = 3 };
        await _registry.PutAsync(Example(1), default);
        await _registry.PutAsync(job, default);
        await _registry.PutAsync(Example(2), default);

        IReadOnlyList<RegisteredJob> all = (await _registry.ReadAsync(default)).Jobs;
        Assert.Equal([1, 2], all.Select(found => (int)found.Id.Value));
        Assert.Equivalent(job, all[0], strict: true);

        await _registry.RemoveAsync(job.Id, default);
        await _registry.RemoveAsync(job.Id, default);
        Assert.Equal(2, (int)Assert.Single((await _registry.ReadAsync(default)).Jobs).Id.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"xyz\"")]
    [InlineData(
        """
        {"id":"fffffffffffffffffffffffffffffffffffff","content":"c","type":"t","settings":{},"parallelism":1,"options":{},"restore":null,"name":null,
        "allowNonRestoredState":false,"submittedAt":"2026-01-02T03:04:05Z","recoveries":0}
        """)]
    public async Task A_damaged_file_is_named_and_does_not_hold_back_the_others(string text)
    {
        await _registry.PutAsync(Example(1), default);
        string file = Path.Combine(_folder.FullName, "jobs", "damaged.json");
        await File.WriteAllTextAsync(file, text);

        RegisteredJobs read = await _registry.ReadAsync(default);
        Assert.Single(read.Jobs);
        Assert.Equal(1, read.Damaged);

        // Once, though it is read again and again.
        Assert.Equal(1, (await _registry.ReadAsync(default)).Damaged);
        Assert.Contains(file, Assert.Single(_logs.Of(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_registered_before_it_is_deployed_and_forgotten_before_its_end_is_reported()
    {
        MemoryRegistry registry = new();
        using CoordinatorHarness harness = new(registry: registry);
        JobHandle job = await harness.DeployingAsync();
        Assert.Equal((job.Id, 0), (Assert.Single(registry.Jobs.Values).Id, registry.Jobs[job.Id].Recoveries));

        harness.Cancel(job);
        harness.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;
        Assert.Empty(registry.Jobs);
    }

    [Fact]
    public async Task An_abandoned_job_stays_registered_and_is_resumed_under_its_id_with_attempts_above_those_before()
    {
        MemoryRegistry registry = new();
        using CoordinatorHarness first = new(registry: registry);
        JobHandle job = await first.DeployingAsync();
        first.Coordinator.Abandon();
        first.Executor.RunUntilIdle();
        await first.Coordinator.Stopped;
        RegisteredJob registered = Assert.Single(registry.Jobs.Values);
        Assert.Empty(first.Links[0].Sent.OfType<CancelTasks>());

        using CoordinatorHarness second = new(registry: registry);
        second.Jobs.Add("job", new LambdaJob("two vertices", CoordinatorHarness.Define));
        Task<JobHandle> resumed = second.Coordinator.RecoverAsync(registered with { Recoveries = 1 });
        await Wait.UntilAsync("the job to be resumed", () =>
        {
            second.Executor.Advance(TimeSpan.FromSeconds(1));
            return resumed.IsCompleted;
        });

        Assert.Equal(job.Id, (await resumed).Id);
        DeployTasks deployed = second.Links[0].Sent.OfType<DeployTasks>().Single();
        Assert.Equal((job.Id, new Attempt(1 << 16)), (deployed.Job, deployed.Attempt));
        Assert.Equal(1, registry.Jobs[job.Id].Recoveries);
    }

    private static RegisteredJob Example(int id) => new(
        new JobId((UInt128)id),
        new JobSubmission(
            new JobReference("sha", "Đếm"), new JobSettings(new Dictionary<string, string> { ["trường"] = "một" }), 3)
        {
            Name = "đếm từ",
            Options = ExecutionOptions.Parse(new Dictionary<string, string> { ["execution.checkpointing.interval"] = "7s" }),
            Restore = "file:///s",
            AllowNonRestoredState = true,
        },
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        0);
}
