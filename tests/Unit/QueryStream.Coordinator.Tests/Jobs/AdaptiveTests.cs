using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Tests.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Jobs that run at the parallelism for which there are slots.</summary>
public sealed class AdaptiveTests : IDisposable
{
    private static readonly TimeSpan Stabilization = TimeSpan.FromSeconds(10);
    private static readonly CoordinatorOptions Options = new()
    {
        Scheduler = Scheduler.Adaptive,
        SlotRequestTimeout = TimeSpan.FromMinutes(5),
    };

    // No checkpoint but those that are asked for.
    private static readonly (string, string) Rarely = ("execution.checkpointing.interval", "1h");

    private readonly CheckpointHarness _harness = new(options: Options);

    private CoordinatorHarness Cluster => _harness.Base;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_new_job_waits_a_while_for_all_slots_and_then_runs_in_those_that_there_are()
    {
        JobHandle job = await Cluster.SubmitAsync(parallelism: 4);
        Assert.StartsWith("The job needs 4 slots, but 2 are free", job.WaitsFor, StringComparison.Ordinal);
        _harness.Advance(Stabilization.TotalSeconds - 1);
        Assert.Empty(Cluster.SentTo<DeployTasks>(0));

        _harness.Advance(1);
        _harness.Run(job);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(2, job.Parallelism);
        Assert.Null(job.WaitsFor);
        Assert.Equal(4, job.Tasks.Count);
        Assert.All(job.Graph!.Vertices, vertex => Assert.Equal(2, vertex.Parallelism));
        DeployTasks deployed = Cluster.SentTo<DeployTasks>(0).Single();
        Assert.Equal((2, job.Graph.Fingerprint), (deployed.Plan.Parallelism, deployed.Plan.Fingerprint));
    }

    [Fact]
    public async Task All_slots_that_come_in_time_are_taken_at_once()
    {
        JobHandle job = await Cluster.SubmitAsync(parallelism: 3);
        Cluster.Register(2, slots: 1);
        Assert.Equal(3, job.Parallelism);
        Assert.Single(Cluster.SentTo<DeployTasks>(2));
    }

    [Fact]
    public async Task A_job_that_has_lost_a_worker_goes_on_at_once_from_its_checkpoint_in_what_is_left()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        CheckpointId last = _harness.Triggers[^1].Checkpoint;

        Lose(job, worker: 1);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(1, job.Parallelism);
        Assert.Equal(2, job.Tasks.Count);
        Assert.Equal(last, Cluster.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);

        // A checkpoint of fewer tasks is complete when these have acknowledged it.
        _harness.CompleteNext(job, attempt: 1);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(2, job.Checkpoints.Completed);
    }

    [Fact]
    public async Task It_is_scaled_up_from_a_new_checkpoint_when_a_worker_has_been_there_for_a_while()
    {
        JobHandle job = await _harness.RunningAsync(
            Rarely,
            ("restart-strategy.type", "fixed-delay"),
            ("restart-strategy.fixed-delay.attempts", "1"),
            ("restart-strategy.fixed-delay.delay", "1s"));
        Lose(job, worker: 1);

        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds - 1);
        Assert.Empty(_harness.Triggers);
        _harness.Advance(1);
        CheckpointId asked = Assert.Single(_harness.Triggers).Checkpoint;
        Assert.Equal(JobStatus.Running, job.Status);

        _harness.AcknowledgeAll(job, asked.Number, attempt: 1);
        Assert.Equal("The job is scaled from parallelism 1 to 2, since slots are free.", job.RestartCause!.Message);
        Cluster.ReportAll(job, ExecutionState.Canceled, attempt: 1);
        _harness.Run(job, attempt: 2);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(2, job.Parallelism);
        Assert.Equal(asked, Cluster.SentTo<DeployTasks>(2).Single().Restore!.Checkpoint);
        Assert.Equal(["w0", "w2"], job.Tasks.Select(task => task.Slot!.Value.Worker.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_stays_as_it_is_if_the_slots_are_gone_when_its_checkpoint_is_complete()
    {
        JobHandle job = await ShrunkAsync();
        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds);
        Cluster.Lose(2);

        _harness.AcknowledgeAll(job, Assert.Single(_harness.Triggers).Checkpoint.Number, attempt: 1);
        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(1, job.Restarts);
    }

    [Fact]
    public async Task Slots_that_come_and_go_are_waited_for_anew()
    {
        JobHandle job = await ShrunkAsync();
        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds - 1);
        Cluster.Lose(2);
        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds - 1);
        Assert.Empty(_harness.Triggers);
        _harness.Advance(1);
        Assert.Single(_harness.Triggers);
    }

    [Fact]
    public async Task A_savepoint_that_somebody_waits_for_is_completed_before_the_job_is_scaled_up()
    {
        JobHandle job = await ShrunkAsync();
        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds);
        Task<string> savepoint = job.TakeSavepointAsync("file:///savepoints");
        Cluster.Executor.RunUntilIdle();

        _harness.AcknowledgeAll(job, 1, attempt: 1);
        Assert.Equal(JobStatus.Running, job.Status);
        _harness.AcknowledgeAll(job, 2, attempt: 1, _harness.Triggers[^1].Storage);
        Assert.StartsWith("file:///savepoints/", await savepoint, StringComparison.Ordinal);
        Assert.Equal(JobStatus.Restarting, job.Status);
    }

    [Fact]
    public async Task A_worker_that_leaves_meanwhile_takes_its_tasks_to_where_there_are_slots()
    {
        JobHandle job = await ShrunkAsync();
        Cluster.Register(2, slots: 1);
        _harness.Advance(Stabilization.TotalSeconds);
        Cluster.Tell(0, new WorkerLeaving());
        _harness.AcknowledgeAll(job, 1, attempt: 1);
        Cluster.ReportAll(job, ExecutionState.Canceled, attempt: 1);
        _harness.Run(job, attempt: 2);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Parallelism));
        Assert.All(job.Tasks, task => Assert.Equal("w2", task.Slot!.Value.Worker.Name));
    }

    [Fact]
    public async Task A_job_that_cannot_run_at_a_lower_parallelism_waits_for_its_own()
    {
        // Its rows have no codec, so they must stay in their task.
        JobReference fixedTwo = Cluster.Jobs.Add("fixed", new LambdaJob("without codec", job => job.Source("numbers", new MemorySource<int>([1]))
            .Map(number => new object()).Parallelism(2).Map(_ => 1).CountOnce("count", _ => new RecordPosition(0, 0))));
        Cluster.Lose(1);
        JobHandle job = await Cluster.SubmitAsync(new JobSubmission(fixedTwo, JobSettings.None, 2));
        _harness.Advance(2 * Stabilization.TotalSeconds);
        Assert.NotNull(job.WaitsFor);
        Assert.Contains(Cluster.Logs.Of(LogLevel.Warning), line => line.Contains("runs at parallelism 2 only", StringComparison.Ordinal));

        Cluster.Register(2, slots: 1);
        Assert.Null(job.WaitsFor);
        Assert.Equal(2, job.Parallelism);
    }

    [Fact]
    public async Task Without_waiting_a_job_takes_what_there_is_before_it_is_refused()
    {
        using CoordinatorHarness cluster = new(options: Options with { SlotRequestTimeout = TimeSpan.Zero });
        JobHandle job = await cluster.SubmitAsync(parallelism: 4);
        Assert.Equal(2, job.Parallelism);
        Assert.Single(cluster.SentTo<DeployTasks>(0));
    }

    [Fact]
    public async Task A_job_without_checkpoints_is_not_scaled_up_since_it_would_begin_anew()
    {
        JobHandle job = await Cluster.SubmitAsync(parallelism: 4);
        _harness.Advance(Stabilization.TotalSeconds);
        _harness.Run(job);
        Cluster.Register(2, slots: 2);
        _harness.Advance(60);
        Assert.Equal((JobStatus.Running, 2, 0), (job.Status, job.Parallelism, job.Restarts));
    }

    [Fact]
    public async Task Slots_for_which_another_job_waits_scale_no_job_up()
    {
        JobHandle first = await ShrunkAsync();
        JobReference fixedTwo = Cluster.Jobs.Add("fixed", new LambdaJob("at two", DefineAtTwo));
        JobHandle second = await Cluster.SubmitAsync(new JobSubmission(fixedTwo, JobSettings.None, 1));

        // One of the two that the other job cannot do without.
        Cluster.Register(2, slots: 1);
        _harness.Advance(5 * Stabilization.TotalSeconds);
        Assert.Empty(_harness.Triggers);
        Assert.NotNull(second.WaitsFor);

        // Nor does a restart take it.
        Cluster.Report(first.Tasks[0], ExecutionState.Failed, new FormatException("bad row"), attempt: 1);
        Cluster.ReportAll(first, ExecutionState.Canceled, attempt: 1);
        _harness.Advance(5);
        _harness.Run(first, attempt: 2);
        Assert.Equal((JobStatus.Running, 1), (first.Status, first.Parallelism));

        Cluster.Register(3, slots: 1);
        Assert.Null(second.WaitsFor);
    }

    [Fact]
    public async Task Slots_are_for_all_again_when_the_job_that_waited_for_them_has_failed()
    {
        JobHandle first = await ShrunkAsync();
        JobReference fixedThree = Cluster.Jobs.Add("fixed", new LambdaJob("at three", DefineAtThree));
        JobHandle second = await Cluster.SubmitAsync(new JobSubmission(fixedThree, JobSettings.None, 1));
        Cluster.Register(2, slots: 1);
        _harness.Advance(Options.SlotRequestTimeout.TotalSeconds);
        await second.Completion;
        _harness.Advance(Stabilization.TotalSeconds);
        Assert.Single(_harness.Triggers);
    }

    [Fact]
    public async Task Slots_that_an_attempt_cannot_use_are_free_again()
    {
        // At parallelism 1 the job needs two slots, at 2 four: a third one is of no use to it.
        JobReference groups = Cluster.Jobs.Add("groups", new LambdaJob("two groups", DefineTwoGroups));
        Cluster.Register(2, slots: 1);
        JobHandle job = await Cluster.SubmitAsync(new JobSubmission(groups, JobSettings.None, 2));
        _harness.Advance(Stabilization.TotalSeconds);
        Assert.Equal(1, job.Parallelism);
        Assert.Equal(2, job.Tasks.Select(task => task.Slot).Distinct().Count());

        JobHandle other = await Cluster.SubmitAsync(parallelism: 1);
        Assert.Null(other.WaitsFor);
    }

    [Fact]
    public async Task A_job_fails_that_cannot_have_the_least_that_it_needs()
    {
        JobReference fixedThree = Cluster.Jobs.Add("fixed", new LambdaJob("at three", DefineAtThree));
        JobHandle job = await Cluster.SubmitAsync(new JobSubmission(fixedThree, JobSettings.None, 1));
        _harness.Advance(Options.SlotRequestTimeout.TotalSeconds);
        Assert.Contains("needs 3 slots, but 2 are free", (await job.Completion).Failure!.Message, StringComparison.Ordinal);
    }

    private static void DefineAtTwo(StreamBuilder job) => DefineAt(job, parallelism: 2);

    private static void DefineAtThree(StreamBuilder job) => DefineAt(job, parallelism: 3);

    private static void DefineAt(StreamBuilder job, int parallelism) => job.Source("numbers", new MemorySource<int>([1, 2, 3]))
        .Parallelism(parallelism).CountOnce("count", number => new RecordPosition(0, number));

    private static void DefineTwoGroups(StreamBuilder job)
    {
        job.Source("left", new MemorySource<int>([1])).SlotSharingGroup("left").CountOnce("left count", number => new RecordPosition(0, number));
        job.Source("right", new MemorySource<int>([1])).SlotSharingGroup("right").CountOnce("right count", number => new RecordPosition(0, number));
    }

    // Submits a job for two workers, which runs on the one that is left.
    private async Task<JobHandle> ShrunkAsync()
    {
        JobHandle job = await _harness.RunningAsync(Rarely);
        Lose(job, worker: 1);
        return job;
    }

    // Its tasks end, and the next attempt runs.
    private void Lose(JobHandle job, int worker)
    {
        Cluster.Lose(worker);
        Cluster.ReportAll(job, ExecutionState.Canceled);
        _harness.Advance(2);
        _harness.Run(job, attempt: 1);
    }
}
