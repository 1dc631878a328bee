using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>When checkpoints are triggered, and when they are complete.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_checkpoint_is_triggered_on_all_workers_an_interval_after_all_tasks_run()
    {
        JobHandle job = await _harness.Base.SubmitAsync(_harness.Submission(CheckpointHarness.Options()));
        _harness.Base.Deployed(job);
        _harness.Advance(60);
        Assert.Empty(_harness.Triggers);

        _harness.Base.ReportAll(job, ExecutionState.Running);
        _harness.Advance(9.999);
        Assert.Empty(_harness.Triggers);
        _harness.Advance(0.001);

        TriggerCheckpoint trigger = Assert.Single(_harness.Triggers);
        Assert.Equal(
            new TriggerCheckpoint(
                job.Id, default, new CheckpointId(1), CheckpointKind.Checkpoint, TestStorage.StorageAddress, new Epoch(1), Base: null, Stop: null),
            trigger);
        Assert.Equal(trigger, Assert.Single(_harness.Base.SentTo<TriggerCheckpoint>(1)));
        DeployTasks deployed = _harness.Base.SentTo<DeployTasks>(0).Single();
        Assert.Equal(new CheckpointPlan(new Epoch(1), TestStorage.StorageAddress, CheckpointMode.ExactlyOnce), deployed.Checkpoints);
        Assert.Null(deployed.Restore);
    }

    [Fact]
    public async Task A_job_without_a_directory_takes_no_checkpoints_and_says_so_once()
    {
        JobHandle job = await _harness.RunningAsync((CheckpointHarness.Dir, ""));

        _harness.Advance(600);

        Assert.Empty(_harness.Triggers);
        Assert.Null(_harness.Base.SentTo<DeployTasks>(0).Single().Checkpoints);
        Assert.Single(_harness.Base.Logs.Of(LogLevel.Information), line => line.Contains("takes no checkpoints", StringComparison.Ordinal));
        Assert.Equal(JobStatus.Running, job.Status);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(3, "Map: 20 rows in, 12 out, 0 filtered, 0 late, 4 dead-lettered, 0 absorbed, 4 missing")]
    public async Task A_checkpoint_with_rows_missing_completes_and_is_logged_as_a_defect(int rowsOut, string? expected)
    {
        JobHandle job = await _harness.RunningAsync();

        // Of each of the four tasks.
        _harness.Ledger = new OperatorLedger(new OperatorId(7), new VertexId(8), "Map")
        {
            PassesRows = true,
            RowsIn = 5,
            RowsOut = rowsOut,
            DeadLettered = 1,
        };

        _harness.CompleteNext(job);

        Assert.Equal(1, job.Checkpoints.Completed);
        string[] defects = [.. _harness.Base.Logs.Of(LogLevel.Error)];
        Assert.Equal(expected is null ? 0 : 1, defects.Length);
        Assert.All(defects, line => Assert.EndsWith(expected!, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_checkpoint_is_complete_when_its_manifest_is_committed_and_not_when_the_last_task_has_acknowledged()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);
        _harness.Storage.Gate = new TaskCompletionSource();

        foreach (TaskInfo task in job.Tasks)
        {
            Assert.Equal(0, _harness.Storage.Commits);
            _harness.Acknowledge(task, 1);
        }

        Assert.Equal(1, _harness.Storage.Commits);
        Assert.Empty(_harness.CompletedIds);
        Assert.Equal((4, 4), (job.Checkpoints.InProgress!.AcknowledgedTasks, job.Checkpoints.InProgress.Tasks));
        _harness.Storage.OpenGate();
        _harness.Base.Executor.RunUntilIdle();

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal(("two vertices", new Epoch(1), 4), (manifest.JobName, manifest.Epoch, manifest.Segments.Count()));
        CheckpointInfo info = job.Checkpoints.LastCompleted!;
        Assert.Equal((CheckpointStatus.Completed, 32, 32), (info.Status, info.StateBytes, info.WrittenBytes));
        Assert.Equal($"file://{TestStorage.Root}/{job.Id}/chk-1", info.Path);
        Assert.Equal([info], job.Checkpoints.History);
        Assert.Equal((1, 0, null), (job.Checkpoints.Completed, job.Checkpoints.Failed, job.Checkpoints.InProgress));
    }

    [Fact]
    public async Task A_checkpoint_may_refer_to_the_chunks_of_the_last_complete_one()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.CompleteNext(job);
        _harness.CompleteNext(job);

        Assert.Equal([null, new CheckpointId(1)], _harness.Triggers.Select(trigger => trigger.Base));
    }

    [Theory]
    [InlineData("10s", "0s", 3, 10)]
    [InlineData("10s", "0s", 25, 25)]
    [InlineData("10s", "5s", 3, 10)]
    [InlineData("10s", "9s", 3, 12)]
    public async Task The_next_checkpoint_waits_for_the_interval_since_the_trigger_and_the_pause_since_the_end(
        string interval, string pause, double takes, double expected)
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.interval", interval), ("execution.checkpointing.min-pause", pause));
        _harness.Advance(10);
        _harness.Advance(takes);
        Assert.Single(_harness.Triggers);
        _harness.AcknowledgeAll(job, 1);

        if (expected > takes)
        {
            _harness.Advance(expected - takes - 0.001);
            Assert.Single(_harness.Triggers);
            _harness.Advance(0.001);
        }

        Assert.Equal(2, _harness.Triggers.Count);
    }

    [Fact]
    public async Task A_repeated_acknowledgement_counts_once()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);

        for (int i = 0; i < 4; i++)
        {
            _harness.Acknowledge(job.Tasks[0], 1);
        }

        Assert.Equal(0, _harness.Storage.Commits);
    }

    [Fact]
    public async Task The_last_state_of_an_ended_task_is_in_every_later_checkpoint_and_a_task_that_ends_meanwhile_is_not_waited_for()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Acknowledge(job.Tasks[0], 0);
        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);
        _harness.Advance(10);
        Assert.Equal(3, job.Checkpoints.InProgress!.Tasks);
        _harness.Acknowledge(job.Tasks[1], 0);
        _harness.Acknowledge(job.Tasks[2], 1);
        _harness.Acknowledge(job.Tasks[3], 1);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal([0, 0, 1, 1], manifest.Segments.Select(segment => segment.Checkpoint.Number).Order());
        Assert.Equal(
            [true, true, false, false], manifest.State.Progress.SelectMany(vertex => vertex.Value).Select(task => task.HasEnded).OrderDescending());
        Assert.Equal(1, job.Tasks.Count(task => task.State == ExecutionState.Finished));

        // The task that has acknowledged its end, without having reported it yet, is not asked again.
        _harness.Advance(10);
        Assert.Equal(2, job.Checkpoints.InProgress!.Tasks);
        _harness.Acknowledge(job.Tasks[2], 2);
        _harness.Acknowledge(job.Tasks[3], 2);
        Assert.Equal([0, 0, 2, 2], _harness.StoredSegments(job));
    }

    // A sink that commits with checkpoints stays until one holds its last rows.
    [Fact]
    public async Task A_checkpoint_is_taken_even_if_all_remaining_tasks_have_reported_their_last_state()
    {
        JobHandle job = await _harness.RunningAsync();
        foreach (TaskInfo task in job.Tasks)
        {
            _harness.Acknowledge(task, 0);
        }

        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);
        _harness.Advance(10);

        Assert.Equal([CheckpointHarness.Id(1)], _harness.CompletedIds);
        CheckpointManifest manifest = await _harness.Storage.ReadAsync(new StoredCheckpoint(job.Id, new CheckpointId(1)), default);
        Assert.Equal([0, 0, 0, 0], manifest.Segments.Select(segment => segment.Checkpoint.Number));
    }
}
