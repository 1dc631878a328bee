using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Tests.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Jobs that are asked to run at another parallelism. Two workers have the two slots in which they run.</summary>
public sealed class RescaleTests : IDisposable
{
    // No checkpoint but those that are asked for, and no restart after a failure.
    private static readonly (string, string)[] Settings =
    [
        ("execution.checkpointing.interval", "1h"),
        ("execution.checkpointing.tolerable-failed-checkpoints", "3"),
        ("restart-strategy.type", "none"),
    ];

    private readonly MemoryRegistry _registry = new();
    private readonly CheckpointHarness _harness;

    public RescaleTests() => _harness = new CheckpointHarness(registry: _registry);

    private CoordinatorHarness Cluster => _harness.Base;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_job_restarts_from_a_new_checkpoint_at_the_higher_parallelism_and_then_at_a_lower_one()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 2);

        Assert.Equal(new RescaleResult(2, 4, Restarts: true), await Rescale(job, 4));
        Assert.Equal((JobStatus.Running, 2, 4), (job.Status, job.Parallelism, job.WantedParallelism));
        Checkpointed(job, 1);
        Assert.Equal("The job is scaled from parallelism 2 to 4, as was asked for.", job.RestartCause!.Message);
        Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 4, 8), (job.Status, job.Parallelism, job.Tasks.Count));
        DeployTasks deployed = Cluster.SentTo<DeployTasks>(2).Single();
        Assert.Equal((new CheckpointId(1), 4), (deployed.Restore!.Checkpoint, deployed.Plan.Parallelism));

        Assert.Equal(new RescaleResult(4, 1, Restarts: true), await Rescale(job, 1));
        Checkpointed(job, 2, attempt: 1);
        Run(job, attempt: 2);
        Assert.Equal((JobStatus.Running, 1, 3), (job.Status, job.Parallelism, Cluster.Coordinator.Overview().FreeSlots));
        Assert.Equal(2, job.Restarts);

        // A checkpoint of fewer tasks is complete when these have acknowledged it.
        _harness.Advance(3600);
        _harness.AcknowledgeAll(job, 3, attempt: 2);
        Assert.Equal(3, job.Checkpoints.Completed);
    }

    [Fact]
    public async Task Too_few_slots_are_said_before_anything_is_stopped()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 1);
        RescaleRefusedException refusal = await RefusedAsync(job, 5);
        Assert.Equal(ErrorCode.NotEnoughSlots, refusal.Code);
        Assert.StartsWith(
            "The job cannot run at parallelism 5: besides its own it needs 3 slots, and 1 is free, 2 too few. Start workers",
            refusal.Message,
            StringComparison.Ordinal);
        AssertUntouched(job);
        Assert.Equal(1, Cluster.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task Nobody_else_gets_the_slots_that_it_needs_while_it_takes_its_checkpoint()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 1);
        await Rescale(job, 3);
        await Assert.ThrowsAsync<NotEnoughSlotsException>(() => Cluster.SubmitAsync(parallelism: 1));
        Checkpointed(job, 1);
        Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 3), (job.Status, job.Parallelism));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(129)]
    public async Task A_parallelism_outside_of_the_key_groups_is_refused(int parallelism)
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Assert.Contains(
            $"cannot run with parallelism {parallelism}: 1 to 128",
            (await Assert.ThrowsAsync<JobDefinitionException>(() => Rescale(job, parallelism))).Message,
            StringComparison.Ordinal);
        AssertUntouched(job);
    }

    [Fact]
    public async Task A_job_whose_rows_would_have_to_leave_their_task_is_refused()
    {
        JobReference fixedTwo = Cluster.Jobs.Add("fixed", new LambdaJob("without codec", job => job.Source("numbers", new MemorySource<int>([1]))
            .Map(number => new object()).Parallelism(2).Map(_ => 1).CountOnce("count", _ => new RecordPosition(0, 0))));
        JobHandle job = await _harness.RunningAsync(
            new JobSubmission(fixedTwo, JobSettings.None, 2) { Options = CheckpointHarness.Options(Settings) });
        await Assert.ThrowsAsync<JobDefinitionException>(() => Rescale(job, 1));
        AssertUntouched(job);
    }

    [Fact]
    public async Task The_parallelism_that_it_has_changes_nothing()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Assert.Equal(new RescaleResult(2, 2, Restarts: false), await Rescale(job, 2));
        AssertUntouched(job);
    }

    [Fact]
    public async Task A_job_without_checkpoints_is_refused_since_it_would_begin_anew()
    {
        JobHandle job = await Cluster.RunningAsync();
        Assert.StartsWith(
            "Setting 'execution.checkpointing.dir': is not set, so the job would begin anew",
            (await Assert.ThrowsAsync<SettingException>(() => Rescale(job, 1))).Message,
            StringComparison.Ordinal);
        Assert.Equal((JobStatus.Running, 2), (job.Status, job.WantedParallelism));
    }

    [Fact]
    public async Task A_job_that_does_not_run_is_refused()
    {
        JobHandle job = await Cluster.SubmitAsync(_harness.Submission(CheckpointHarness.Options(Settings)));
        Assert.Equal("The job cannot be rescaled: it is CREATED, and must be RUNNING.", (await RefusedAsync(job, 1)).Message);
        _harness.Run(job);
        Cluster.Cancel(job);
        Assert.Contains("it is CANCELLING", (await RefusedAsync(job, 1)).Message, StringComparison.Ordinal);
        Cluster.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;
        Assert.Contains("it is CANCELED", (await RefusedAsync(job, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_request_is_refused_until_it_runs_at_the_first_one()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        _registry.Gate = new TaskCompletionSource();
        Task<RescaleResult> first = Rescale(job, 1);
        Assert.Contains("is being rescaled already, to parallelism 1.", (await RefusedAsync(job, 2)).Message, StringComparison.Ordinal);
        OpenGate();
        await first;
        Assert.Contains("is being rescaled already, to parallelism 1.", (await RefusedAsync(job, 2)).Message, StringComparison.Ordinal);
        Checkpointed(job, 1);
        Assert.Contains("it is RESTARTING", (await RefusedAsync(job, 2)).Message, StringComparison.Ordinal);
        Run(job, attempt: 1);
        Assert.True((await Rescale(job, 2)).Restarts);
    }

    [Fact]
    public async Task A_worker_that_leaves_comes_first()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 1);
        Cluster.Tell(0, new WorkerLeaving());
        Assert.Contains("Worker w0 leaves the cluster", (await RefusedAsync(job, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Savepoints_that_somebody_waits_for_are_completed_before()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Task<string> first = job.TakeSavepointAsync("file:///savepoints");
        Cluster.Executor.RunUntilIdle();
        await Rescale(job, 1);
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        await first;

        // While the checkpoint is under way.
        Task<string> second = job.TakeSavepointAsync("file:///savepoints");
        Cluster.Executor.RunUntilIdle();
        _harness.AcknowledgeAll(job, 2);
        Assert.Equal(JobStatus.Running, job.Status);
        _harness.AcknowledgeAll(job, 3, address: _harness.Triggers[^1].Storage);
        Assert.StartsWith("file:///savepoints/", await second, StringComparison.Ordinal);
        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task A_job_that_stops_with_a_savepoint_stops()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        await Rescale(job, 1);
        Task<string> stop = job.StopWithSavepointAsync("file:///savepoints");
        Cluster.Executor.RunUntilIdle();
        _harness.AcknowledgeAll(job, 1);
        _harness.AcknowledgeAll(job, 2, address: _harness.Triggers[^1].Storage);
        await stop;
        Assert.Equal((JobStatus.Running, 0), (job.Status, job.Restarts));
        Cluster.ReportAll(job, ExecutionState.Finished);
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
    }

    [Fact]
    public async Task A_job_that_is_stopping_is_refused()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Task<string> stop = job.StopWithSavepointAsync("file:///savepoints");
        Cluster.Executor.RunUntilIdle();
        Assert.Contains("stops with a savepoint", (await RefusedAsync(job, 1)).Message, StringComparison.Ordinal);
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        await stop;
        Assert.Contains("stops with a savepoint", (await RefusedAsync(job, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_repeated()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        await Rescale(job, 1);
        _harness.Decline(job.Tasks[0], 1, new IOException("The disk is full."));
        Assert.Equal(JobStatus.Running, job.Status);
        _harness.Advance(1);
        Checkpointed(job, 2);
        Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Parallelism));
    }

    [Fact]
    public async Task A_failure_before_the_checkpoint_is_complete_restarts_it_at_the_parallelism_that_is_wanted()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.CompleteNext(job);
        await Rescale(job, 1);
        _harness.FailAttempt(job);
        _harness.Advance(2);
        _harness.Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Parallelism));
        Assert.Equal(new CheckpointId(1), Cluster.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);
    }

    [Fact]
    public async Task The_registry_knows_it_before_the_job_takes_its_checkpoint_and_the_next_coordinator_resumes_the_job_at_it()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        _registry.Gate = new TaskCompletionSource();
        Task<RescaleResult> answer = Rescale(job, 1);
        Assert.False(answer.IsCompleted);
        Assert.Empty(_harness.Triggers);
        OpenGate();
        await answer;
        RegisteredJob registered = Assert.Single(_registry.Jobs.Values);
        Assert.Equal((1, job.Id), (registered.Submission.Parallelism, registered.Id));

        // Its coordinator dies before the checkpoint is complete.
        Cluster.Coordinator.Abandon();
        Cluster.Executor.RunUntilIdle();
        await _harness.Storage.DisposeAsync();
        using CoordinatorHarness next = new(registry: _registry, files: Cluster.Files);
        Task<JobHandle> recovered = next.Coordinator.RecoverAsync(registered with { Recoveries = 1 });
        next.Executor.RunUntilIdle();

        // No worker holds its tasks.
        next.Executor.Advance(TimeSpan.FromSeconds(3));
        JobHandle resumed = await recovered;
        Assert.Equal((job.Id, 1, 1), (resumed.Id, resumed.Parallelism, resumed.WantedParallelism));
        Assert.Equal(1, next.SentTo<DeployTasks>(0).Single().Plan.Parallelism);
    }

    [Fact]
    public async Task A_registry_that_cannot_be_written_leaves_the_job_as_it_is_and_the_slots_to_others()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 1);
        _registry.Fails = true;
        Assert.Contains("The registry cannot be written. Try again.", (await RefusedAsync(job, 3)).Message, StringComparison.Ordinal);
        AssertUntouched(job);
        Assert.Equal(1, Cluster.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_meanwhile_ends_when_the_registry_has_answered_and_is_forgotten_after_that()
    {
        JobHandle job = await _harness.RunningAsync(Settings);
        Cluster.Register(2, slots: 1);
        _registry.Gate = new TaskCompletionSource();
        Task<RescaleResult> answer = Rescale(job, 3);
        Cluster.Cancel(job);
        Cluster.ReportAll(job, ExecutionState.Canceled);
        Assert.Equal(JobStatus.Cancelling, job.Status);
        OpenGate();
        await Assert.ThrowsAsync<RescaleRefusedException>(() => answer);
        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        Assert.Empty(_registry.Jobs);
        Assert.Equal(3, Cluster.Coordinator.Overview().FreeSlots);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 2)]
    public async Task A_job_that_fails_meanwhile_restarts_when_the_registry_has_answered(bool fails, int parallelism)
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        Cluster.Register(2, slots: 1);
        _registry.Gate = new TaskCompletionSource();
        Task<RescaleResult> answer = Rescale(job, 3);
        _harness.FailAttempt(job);
        _harness.Advance(5);
        Assert.Single(Cluster.SentTo<DeployTasks>(0));
        _registry.Fails = fails;
        OpenGate();
        Assert.True(answer.IsCompleted);
        _harness.Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, parallelism, 1), (job.Status, job.Parallelism, job.Restarts));
        Assert.Equal(3 - parallelism, Cluster.Coordinator.Overview().FreeSlots);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_regions_restart_where_one_of_them_fails_meanwhile(bool isRegistered)
    {
        JobHandle job = await _harness.RunningRegionsAsync(CheckpointHarness.NoJitter);
        _registry.Gate = new TaskCompletionSource();
        Task<RescaleResult> answer = Rescale(job, 1);
        if (isRegistered)
        {
            OpenGate();
        }

        Cluster.Report(TwoRegions.TasksOf(job, 0)[0], ExecutionState.Failed, new FormatException("bad row"));
        _harness.ReportRegion(job, 0, ExecutionState.Canceled);
        OpenGate();
        Assert.True((await answer).Restarts);
        _harness.ReportRegion(job, 1, ExecutionState.Canceled);
        _harness.Advance(5);
        _harness.RunRegions(job, 2, 3);
        Assert.Equal((JobStatus.Running, 1, 4), (job.Status, job.Parallelism, job.Tasks.Count));
    }

    [Fact]
    public async Task With_the_adaptive_scheduler_it_runs_in_the_slots_that_there_are_and_is_scaled_up_later()
    {
        using CheckpointHarness harness = new(options: new CoordinatorOptions
        {
            Scheduler = Scheduler.Adaptive,
            SlotRequestTimeout = TimeSpan.FromMinutes(5),
        });
        JobHandle job = await harness.RunningAsync(Settings);
        Assert.Equal(new RescaleResult(2, 4, Restarts: false), await Rescale(job, 4, harness));
        harness.Base.Register(2, slots: 1);
        harness.Advance(10);
        Assert.Single(harness.Triggers);
        harness.AcknowledgeAll(job, 1);
        harness.Base.ReportAll(job, ExecutionState.Canceled);
        harness.Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 3, 4), (job.Status, job.Parallelism, job.WantedParallelism));

        // Those that are free are taken at once.
        harness.Base.Register(3, slots: 3);
        Assert.Equal(new RescaleResult(3, 5, Restarts: true), await Rescale(job, 5, harness));
        harness.AcknowledgeAll(job, 2, attempt: 1);
        harness.Base.ReportAll(job, ExecutionState.Canceled, attempt: 1);
        harness.Run(job, attempt: 2);
        Assert.Equal((JobStatus.Running, 5), (job.Status, job.Parallelism));

        Assert.Equal(new RescaleResult(5, 1, Restarts: true), await Rescale(job, 1, harness));
        harness.AcknowledgeAll(job, 3, attempt: 2);
        harness.Base.ReportAll(job, ExecutionState.Canceled, attempt: 2);
        harness.Run(job, attempt: 3);
        harness.Advance(60);
        Assert.Equal((JobStatus.Running, 1, 3), (job.Status, job.Parallelism, job.Restarts));
    }

    private Task<RescaleResult> Rescale(JobHandle job, int parallelism, CheckpointHarness? harness = null)
    {
        Task<RescaleResult> answer = job.RescaleAsync(parallelism);
        (harness ?? _harness).Base.Executor.RunUntilIdle();
        return answer;
    }

    private Task<RescaleRefusedException> RefusedAsync(JobHandle job, int parallelism) =>
        Assert.ThrowsAsync<RescaleRefusedException>(() => Rescale(job, parallelism));

    private void OpenGate()
    {
        _registry.OpenGate();
        Cluster.Executor.RunUntilIdle();
    }

    // Its checkpoint is complete, and its tasks end.
    private void Checkpointed(JobHandle job, long checkpoint, int attempt = 0)
    {
        Assert.Equal(JobStatus.Running, job.Status);
        _harness.AcknowledgeAll(job, checkpoint, attempt);
        Assert.Equal(JobStatus.Restarting, job.Status);
        Cluster.ReportAll(job, ExecutionState.Canceled, attempt);
    }

    private void Run(JobHandle job, int attempt) => _harness.Run(job, attempt);

    private void AssertUntouched(JobHandle job)
    {
        Assert.Equal((JobStatus.Running, 2, 2, 0), (job.Status, job.Parallelism, job.WantedParallelism, job.Restarts));
        Assert.Empty(_harness.Triggers);
        Assert.Equal(2, Assert.Single(_registry.Jobs.Values).Submission.Parallelism);
    }
}
