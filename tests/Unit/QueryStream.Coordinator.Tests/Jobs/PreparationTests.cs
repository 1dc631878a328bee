using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Workers without tasks load the jobs that run, so that they can replace a worker that is lost.</summary>
public sealed class PreparationTests : IDisposable
{
    private const int Idle = 2;

    private readonly CoordinatorHarness _harness = new(workers: 3);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_worker_without_tasks_prepares_a_job_when_its_tasks_run()
    {
        JobHandle job = await _harness.InitializingAsync();
        Assert.Empty(_harness.SentTo<PrepareJob>(Idle));

        _harness.ReportAll(job, ExecutionState.Running);

        PrepareJob prepare = Assert.Single(_harness.SentTo<PrepareJob>(Idle));
        DeployTasks deployed = Assert.Single(_harness.SentTo<DeployTasks>(0));
        Assert.Equal((deployed.Job, deployed.Plan.Fingerprint), (prepare.Job, prepare.Plan.Fingerprint));
        Assert.Empty(_harness.SentTo<PrepareJob>(0));
        Assert.Empty(_harness.SentTo<PrepareJob>(1));
    }

    [Fact]
    public async Task A_worker_that_registers_later_prepares_what_runs()
    {
        JobHandle job = await _harness.RunningAsync();

        Assert.Equal(job.Id, _harness.Register(3, slots: 1).Sent.OfType<PrepareJob>().Single().Job);
    }

    [Fact]
    public async Task A_worker_that_leaves_prepares_nothing()
    {
        _harness.Tell(Idle, new WorkerLeaving());

        await _harness.RunningAsync();

        Assert.Empty(_harness.SentTo<PrepareJob>(Idle));
    }

    [Fact]
    public async Task The_end_of_a_job_releases_who_has_prepared_it()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.ReportAll(job, ExecutionState.Finished);

        Assert.Equal(job.Id, Assert.Single(_harness.SentTo<ReleaseJob>(Idle)).Job);
        Assert.Empty(_harness.Register(3, slots: 1).Sent.OfType<PrepareJob>());
    }
}
