using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Leadership;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.Cluster;

namespace QueryStream.Cluster.Tests.Leadership;

public sealed class StandbyPreparationTests : IJobRegistry, IJobLoader
{
    private readonly LeadershipState _state = new();
    private readonly TestJobs _jobs = new();
    private readonly List<RegisteredJob> _registered = [];
    private readonly List<string> _built = [];
    private bool _isDown;
    private Exception? _loadFailure;

    [Fact]
    public async Task A_standby_builds_the_graph_of_each_job_once()
    {
        using StandbyPreparation standby = Standby();
        Register(1, "a");
        await standby.RunAsync(default);
        Register(2, "b");
        await standby.RunAsync(default);

        Assert.Equal(["a", "b"], _built);
    }

    [Fact]
    public async Task The_leader_prepares_nothing()
    {
        using SimulatedExecutor executor = new();
        CoordinatorParts parts = new(_jobs, new CheckpointStorages([]), NullLoggerFactory.Instance);
        CoordinatorNode node = new(new Epoch(1), executor, parts);
        _state.Begin(node, new Epoch(1));
        Register(1, "a");
        using StandbyPreparation standby = Standby();

        await standby.RunAsync(default);
        Assert.Empty(_built);

        _state.End();
        await standby.RunAsync(default);
        Assert.Equal(["a"], _built);

        ValueTask end = node.DisposeAsync();
        executor.RunUntilIdle();
        await end;
    }

    [Fact]
    public async Task A_job_that_cannot_be_loaded_holds_back_no_other()
    {
        _registered.Add(new RegisteredJob(
            new JobId(1), new JobSubmission(new JobReference("unknown", "Unknown"), JobSettings.None, 1), default, Recoveries: 0));
        Register(2, "b");
        using StandbyPreparation standby = Standby();

        await standby.RunAsync(default);

        Assert.Equal(["b"], _built);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_loading_throws_ends_nothing_and_is_tried_again_only_if_it_may_pass(bool mayPass)
    {
        Register(1, "a");
        using StandbyPreparation standby = Standby();
        _loadFailure = mayPass
            ? new ServiceUnavailableException("blobs", "host:1", "The leader does not answer.")
            : new InvalidOperationException("a bug");
        await standby.RunAsync(default);
        _loadFailure = null;

        await standby.RunAsync(default);

        Assert.Equal(mayPass ? ["a"] : [], _built);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_asked_again()
    {
        Register(1, "a");
        using StandbyPreparation standby = Standby();
        _isDown = true;
        await standby.RunAsync(default);
        _isDown = false;

        await standby.RunAsync(default);

        Assert.Equal(["a"], _built);
    }

    Task<RegisteredJobs> IJobRegistry.ReadAsync(CancellationToken cancellationToken) => _isDown
        ? throw new CheckpointStorageException("The registry does not answer.")
        : Task.FromResult(new RegisteredJobs([.. _registered], Damaged: 0));

    Task IJobRegistry.PutAsync(RegisteredJob job, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IJobRegistry.RemoveAsync(JobId job, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IStreamJob> IJobLoader.LoadAsync(JobReference reference, CancellationToken cancellationToken) =>
        _loadFailure is null ? ((IJobLoader)_jobs).LoadAsync(reference, cancellationToken) : throw _loadFailure;

    private StandbyPreparation Standby() =>
        new(_state, this, this, TimeProvider.System, NullLogger<StandbyPreparation>.Instance);

    private void Register(int id, string name)
    {
        JobReference reference = _jobs.Add(name, new LambdaJob(name, job =>
        {
            _built.Add(name);
            job.Source("numbers", new MemorySource<int>([1])).CountOnce("count", number => new RecordPosition(0, number));
        }));
        _registered.Add(new RegisteredJob(new JobId((UInt128)id), new JobSubmission(reference, JobSettings.None, 1), default, Recoveries: 0));
    }
}
