using QueryStream.Coordinator.Metrics;
using QueryStream.Coordinator.Tests.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>What a job remembers of its life, and how long each phase of a recovery took.</summary>
public sealed class EventTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_job_without_failures_was_submitted_runs_has_a_savepoint_and_ends()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(1);
        Task<string> savepoint = job.TakeSavepointAsync("file:///savepoints");
        _harness.Base.Executor.RunUntilIdle();
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        string path = await savepoint;
        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;

        Assert.Equal(
            [
                (JobEventKind.Ended, "CANCELED"),
                (JobEventKind.Savepoint, path),
                (JobEventKind.Running, "All tasks run"),
                (JobEventKind.Submitted, "job"),
            ],
            job.Events.Select(happened => (happened.Kind, happened.Text)));
        Assert.Equal(TimeSpan.FromSeconds(1), job.Events[0].At - job.Events[^1].At);
        Assert.All(job.Events, happened => Assert.Null(happened.Recovery));
    }

    [Fact]
    public async Task A_recovery_has_its_phases_in_their_order_and_their_durations_add_up()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.CompleteNext(job);
        DateTimeOffset failedAt = _harness.Base.Executor.Time.GetUtcNow();
        _harness.Base.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("bad row"));
        Assert.Empty(RecoveryOf(job).Phases);
        Assert.Empty(JobMetricList.RecoveryPhasesOf(job));
        _harness.Advance(0.25);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        _harness.Advance(0.75);
        Assert.Null(RecoveryOf(job).Total);
        _harness.Advance(0.14);
        _harness.Base.Deployed(job, 1);
        _harness.Advance(0.02);
        _harness.Base.ReportAll(job, ExecutionState.Running, 1);

        JobEvent restarted = job.Events[0];
        Assert.Equal((JobEventKind.Restarted, failedAt), (restarted.Kind, restarted.At));
        Assert.Contains("bad row", restarted.Text, StringComparison.Ordinal);
        JobRecovery recovery = RecoveryOf(job);
        string checkpoint = $"file://{TestStorage.Root}/{job.Id}/chk-1";
        Assert.Equal((1, failedAt, checkpoint), (recovery.Number, recovery.NoticedAt, recovery.RestoredFrom));
        Assert.Empty(recovery.Regions);
        Assert.Equal("stopped 250, delayed 750, placed 0, deployed 140, running 20", PhasesOf(recovery));
        Assert.Equal(TimeSpan.FromMilliseconds(1160), recovery.Total);
        Assert.Equal(
            $"Recovered job 'two vertices' ({job.Id}): noticed, stopped 250 ms, delayed 750 ms, placed 0 ms, deployed 140 ms, running 20 ms, "
            + $"total 1160 ms, from {checkpoint}",
            Assert.Single(_harness.Base.Logs.Lines, line => line.Id == 3052).Message);
    }

    [Fact]
    public async Task The_first_output_is_what_the_first_report_with_acknowledged_rows_says()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.FailAttempt(job);
        _harness.Advance(1);
        _harness.Run(job, attempt: 1);

        Written(job, rows: 7, since: null, attempt: 0);
        Written(job, rows: 0, since: null, attempt: 1);
        Assert.Null(RecoveryOf(job).AfterOf(RecoveryPhase.FirstOutput));
        _harness.Advance(2);
        Written(job, rows: 3, since: TimeSpan.FromSeconds(0.4), attempt: 1);
        _harness.Advance(2);
        Written(job, rows: 5, since: TimeSpan.Zero, attempt: 1);

        Assert.Equal("stopped 0, delayed 1000, placed 0, deployed 0, running 0, first-output 1600", PhasesOf(RecoveryOf(job)));
        Assert.Equal(TimeSpan.FromSeconds(1), RecoveryOf(job).Total);
        Assert.Equal(
            [
                ("lastRecoveryDuration", "1000"),
                ("lastRecoveryPhaseDuration.stopped", "0"),
                ("lastRecoveryPhaseDuration.delayed", "1000"),
                ("lastRecoveryPhaseDuration.placed", "0"),
                ("lastRecoveryPhaseDuration.deployed", "0"),
                ("lastRecoveryPhaseDuration.running", "0"),
                ("lastRecoveryPhaseDuration.first-output", "1600"),
            ],
            JobMetricList.Of(job, _harness.Base.Executor.Time.GetUtcNow())
                .Where(metric => metric.Id.StartsWith("lastRecovery", StringComparison.Ordinal)).Select(metric => (metric.Id, metric.Text)));
        Assert.Contains(
            "first output 2600 ms after", Assert.Single(_harness.Base.Logs.Lines, line => line.Id == 3053).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_within_a_recovery_supersedes_it_and_the_next_one_has_the_whole_downtime()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        DateTimeOffset failedAt = _harness.Base.Executor.Time.GetUtcNow();
        _harness.FailAttempt(job);
        _harness.Advance(1);
        _harness.Advance(0.5);
        _harness.FailAttempt(job, attempt: 1, cause: new FormatException("worse row"));
        _harness.Advance(1.5);
        _harness.Run(job, attempt: 2);

        JobEvent[] restarts = [.. job.Events.Where(happened => happened.Recovery is not null)];
        Assert.Equal([failedAt.AddSeconds(1.5), failedAt], restarts.Select(happened => happened.At));
        (JobRecovery second, JobRecovery first) = (restarts[0].Recovery!, restarts[1].Recovery!);
        Assert.Equal((2, null), (first.SupersededBy, first.Total));
        Assert.Equal("stopped 0, delayed 1000, placed 0", PhasesOf(first));
        Assert.Equal((failedAt, null, TimeSpan.FromSeconds(3)), (second.NoticedAt, second.SupersededBy, second.Total));
        Assert.Equal("failed-again 1500, stopped 0, delayed 1500, placed 0, deployed 0, running 0", PhasesOf(second));
        Assert.Single(_harness.Base.Logs.Lines, line => line.Id == 3052);
    }

    [Fact]
    public async Task A_region_that_restarts_alone_is_named()
    {
        JobHandle job = await _harness.RunningRegionsAsync(CheckpointHarness.NoJitter);
        _harness.Base.Report(TwoRegions.TasksOf(job, 0)[0], ExecutionState.Failed, new FormatException("bad row"));
        _harness.ReportRegion(job, 0, ExecutionState.Canceled);
        _harness.Advance(1);
        _harness.RunRegions(job, 2);

        JobRecovery recovery = RecoveryOf(job);
        string region = Assert.Single(recovery.Regions);
        Assert.Contains("left", region, StringComparison.Ordinal);
        Assert.DoesNotContain("right", region, StringComparison.Ordinal);
        Assert.Equal("stopped 0, delayed 1000, placed 0, deployed 0, running 0", PhasesOf(recovery));
    }

    [Fact]
    public async Task A_move_is_an_event_but_no_failure()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Base.Tell(0, new WorkerLeaving());
        _harness.Base.Register(2, slots: 1);
        _harness.AcknowledgeAll(job, 1);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        _harness.Run(job, attempt: 1);
        _harness.Base.Lose(0);

        Assert.Equal([JobEventKind.Moved, JobEventKind.Running, JobEventKind.Submitted], job.Events.Select(happened => happened.Kind));
        Assert.Equal(($"file://{TestStorage.Root}/{job.Id}/chk-1", null), (RecoveryOf(job).RestoredFrom, RecoveryOf(job).LostWorker));
        Assert.Equal(TimeSpan.Zero, RecoveryOf(job).Total);
    }

    [Fact]
    public async Task A_lost_channel_restarts_nothing_before_the_worker_is_declared_dead_and_then_once_on_the_others()
    {
        JobHandle job = await _harness.RunningAsync(CheckpointHarness.NoJitter);
        _harness.Base.Register(2, slots: 1);
        TaskInfo[] survivors = [.. job.Tasks.Where(task => CoordinatorHarness.WorkerOf(task) == 1)];
        Array.ForEach(survivors, task => _harness.Base.Report(task, ExecutionState.Failed, new ChannelLostException("the connection to w0 is lost")));
        _harness.Advance(5);
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));
        Assert.Empty(_harness.Base.SentTo<DeployTasks>(2));

        _harness.Base.Lose(0);

        Assert.Single(_harness.Base.SentTo<DeployTasks>(2));
        Assert.Single(_harness.Base.SentTo<DeployTasks>(0));
        _harness.Run(job, attempt: 1);
        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Restarts));
        Assert.Equal([JobEventKind.WorkerLost, JobEventKind.Restarted], job.Events.Take(2).Select(happened => happened.Kind));
        Assert.Contains("w0", job.Events[0].Text, StringComparison.Ordinal);
        JobRecovery recovery = job.Events[1].Recovery!;
        Assert.Equal("w0", recovery.LostWorker);
        Assert.Equal("stopped 5000, delayed 0, placed 0, deployed 0, running 0", PhasesOf(recovery));
    }

    [Fact]
    public async Task What_one_death_breaks_in_several_regions_is_one_restart()
    {
        JobHandle job = await _harness.RunningRegionsAsync(("restart-strategy.type", "fixed-delay"), ("restart-strategy.fixed-delay.attempts", "1"));
        _harness.Base.Register(2, slots: 1);
        FailByLostChannel(job, attempt: 0);
        Assert.Equal(1, job.Restarts);
        Assert.All(TwoRegions.TasksOf(job, 1), task => Assert.Equal(ExecutionState.Running, task.State));
        _harness.Advance(0.5);
        FailByLostChannel(job, attempt: 1);
        Assert.Equal(1, job.Restarts);
        _harness.Base.Lose(0);

        // The delay is that of the first failure.
        _harness.Advance(0.5);
        Assert.Equal([new Attempt(2), new Attempt(3)], _harness.Base.SentTo<DeployTasks>(2).Select(order => order.Attempt));
        _harness.RunRegions(job, 2, 3);

        Assert.Equal((JobStatus.Running, 1), (job.Status, job.Restarts));
        JobRecovery recovery = Assert.Single(job.Events, happened => happened.Kind == JobEventKind.Restarted).Recovery!;
        Assert.Equal("w0", recovery.LostWorker);
        Assert.Empty(recovery.Regions);
        Assert.Equal("stopped 500, delayed 500, placed 0, deployed 0, running 0", PhasesOf(recovery));

        // The next failure of a task is another one.
        _harness.Base.Report(TwoRegions.TasksOf(job, 2)[0], ExecutionState.Failed, new FormatException("bad row"), 2);
        _harness.ReportRegion(job, 2, ExecutionState.Canceled);
        _harness.ReportRegion(job, 3, ExecutionState.Canceled);
        Assert.Equal(JobStatus.Failed, (await job.Completion).Status);
        Assert.StartsWith("FAILED: ", job.Events[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Regions_whose_delay_is_over_restart_at_once_when_the_worker_is_declared_dead()
    {
        JobHandle job = await _harness.RunningRegionsAsync(CheckpointHarness.NoJitter);
        _harness.Base.Register(2, slots: 1);
        FailByLostChannel(job, attempt: 0);
        _harness.Advance(3);
        _harness.Base.Lose(0);
        _harness.ReportRegion(job, 1, ExecutionState.Canceled);

        Assert.Equal([new Attempt(2), new Attempt(3)], _harness.Base.SentTo<DeployTasks>(2).Select(order => order.Attempt));
        Assert.Equal(1, job.Restarts);
    }

    [Fact]
    public async Task The_newest_events_are_kept()
    {
        JobHandle job = await _harness.RunningAsync(("restart-strategy.type", "fixed-delay"), ("restart-strategy.fixed-delay.attempts", "200"));
        for (int attempt = 0; attempt < 120; attempt++)
        {
            _harness.FailAttempt(job, attempt);
            _harness.Advance(1);
            _harness.Run(job, attempt + 1);
        }

        Assert.Equal(JobEvent.MaxKept, job.Events.Count);
        Assert.Equal(Enumerable.Range(21, 100).Reverse(), job.Events.Select(happened => happened.Recovery!.Number));
    }

    private static JobRecovery RecoveryOf(JobHandle job) => job.Events.First(happened => happened.Recovery is not null).Recovery!;

    private static string PhasesOf(JobRecovery recovery) => string.Join(
        ", ",
        recovery.Phases.Select(
            reached => FormattableString.Invariant($"{JobRecovery.NameOf(reached.Phase)} {reached.Duration.TotalMilliseconds}")));

    // The tasks on the worker that lives lose their channels to the other one, which says nothing any more.
    private void FailByLostChannel(JobHandle job, int attempt)
    {
        foreach (TaskInfo task in TwoRegions.TasksOf(job, attempt).Where(task => CoordinatorHarness.WorkerOf(task) == 1))
        {
            _harness.Base.Report(task, ExecutionState.Failed, new ChannelLostException("the connection to w0 is lost"), attempt);
        }
    }

    private void Written(JobHandle job, long rows, TimeSpan? since, int attempt) => _harness.Base.Tell(
        CoordinatorHarness.WorkerOf(job.Tasks[0]),
        new MetricsReport(
            job.Id, new Attempt(attempt), [new TaskSample(job.Tasks[0].Task) { Acknowledged = rows, SinceAcknowledgement = since }]));
}
