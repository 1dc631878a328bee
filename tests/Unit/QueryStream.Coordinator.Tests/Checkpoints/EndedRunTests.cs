using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Checkpoints;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>What "latest" means after a run that has ended, where a run before it was killed and has left a checkpoint.</summary>
public sealed class EndedRunTests : IDisposable
{
    private static readonly JobId Killed = new(0x4711);
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task After_a_run_whose_input_has_ended_latest_is_an_error_that_says_so_and_names_the_older_checkpoint()
    {
        await LeaveAsync(1);
        JobHandle job = await RunningAsync(restore: null);
        foreach (TaskInfo task in job.Tasks)
        {
            _harness.Acknowledge(task, 0);
        }

        _harness.Base.ReportAll(job, ExecutionState.Finished);
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);

        string message = await RefusedAsync();
        Assert.Contains("the last run of job 'two vertices' finished at 20", message, StringComparison.Ordinal);
        Assert.Contains($"file://{TestStorage.Root}/{Killed}/chk-1", message, StringComparison.Ordinal);
        await RunningAsync($"file://{TestStorage.Root}/{Killed}/chk-1");
        Assert.Equal(Killed, Restored?.Job);
    }

    [Fact]
    public async Task After_a_stop_latest_is_an_error_that_names_the_savepoint()
    {
        await LeaveAsync(1);
        JobHandle job = await RunningAsync(restore: null);
        Task<string> stopping = job.StopWithSavepointAsync("file:///savepoints");
        _harness.Base.Executor.RunUntilIdle();
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        string savepoint = await stopping;
        _harness.Base.ReportAll(job, ExecutionState.Finished);
        await job.Completion;

        Assert.Contains($"with savepoint {savepoint}. Start from that", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_cancelled_run_whose_checkpoints_were_deleted_latest_is_an_error_that_names_the_setting()
    {
        await LeaveAsync(1);
        JobHandle job = await RunningAsync("latest");
        _harness.CompleteNext(job);
        await CancelAsync(job);

        string message = await RefusedAsync();
        Assert.Contains("was cancelled at", message, StringComparison.Ordinal);
        Assert.Contains("externalized-checkpoint-retention", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_run_that_keeps_its_checkpoints_latest_is_its_own(bool fails)
    {
        await LeaveAsync(9);
        JobHandle job = await RunningAsync(
            null, ("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"), ("restart-strategy.type", "none"));
        _harness.CompleteNext(job);
        await (fails ? FailAsync(job) : CancelAsync(job));

        await RunningAsync("latest");
        Assert.Equal((job.Id, 1L), (Restored?.Job, Restored?.Checkpoint.Number));
    }

    // An early Ctrl-C loses nothing.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_run_that_has_ended_before_its_first_checkpoint_latest_is_what_it_had_started_from(bool fails)
    {
        await LeaveAsync(1, 2);
        for (int run = 0; run < 3; run++)
        {
            // The first one goes back to a checkpoint that is not the newest.
            JobHandle job = await RunningAsync(
                run == 0 ? $"file://{TestStorage.Root}/{Killed}/chk-1" : "latest", ("restart-strategy.type", "none"));
            Assert.Equal((Killed, 1L), (Restored?.Job, Restored?.Checkpoint.Number));
            await (fails ? FailAsync(job) : CancelAsync(job));
        }
    }

    [Fact]
    public async Task A_run_without_state_that_has_ended_before_its_first_checkpoint_changes_nothing()
    {
        await LeaveAsync(1);
        await CancelAsync(await RunningAsync(restore: null));

        await RunningAsync("latest");
        Assert.Equal(Killed, Restored?.Job);
    }

    [Fact]
    public async Task A_run_after_one_that_has_ended_is_the_latest_when_it_is_killed()
    {
        await CancelAsync(await RunningAsync("latest"));
        JobHandle ended = await RunningAsync(restore: null);
        _harness.CompleteNext(ended);
        await CancelAsync(ended);
        JobHandle killed = await RunningAsync(restore: null);
        _harness.CompleteNext(killed);

        LatestCheckpointResult found = await LatestCheckpoint.FindAsync(
            _harness.Storage, "two vertices", new HashSet<StoredCheckpoint>(), damaged => throw damaged, default);
        Assert.Equal((killed.Id, ended.Id), (found.Latest?.Job, found.End?.Job));
    }

    [Fact]
    public async Task A_kept_checkpoint_of_a_run_that_the_same_process_has_ended_before_is_not_the_latest()
    {
        JobHandle kept = await RunningAsync(null, ("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"));
        _harness.CompleteNext(kept);
        await CancelAsync(kept);
        JobHandle deleted = await RunningAsync("latest");
        _harness.CompleteNext(deleted);
        await CancelAsync(deleted);

        Assert.Contains($"{kept.Id}/chk-1", await RefusedAsync(), StringComparison.Ordinal);
    }

    // The process dies after the end and before the mark: as if it had been killed before its end.
    [Fact]
    public async Task Where_the_mark_could_not_be_written_the_checkpoints_of_the_run_stay_and_are_the_latest()
    {
        await LeaveAsync(1);
        JobHandle job = await RunningAsync("latest");
        _harness.CompleteNext(job);
        _harness.Base.Files.Failure = new IOException("No space left on device.");
        await CancelAsync(job);
        _harness.Base.Files.Failure = null;

        await RunningAsync("latest");
        Assert.Equal((job.Id, 2L), (Restored?.Job, Restored?.Checkpoint.Number));
    }

    private RestorePlan? Restored => _harness.Base.SentTo<DeployTasks>(0).Last().Restore;

    // What a process has left that was killed.
    private async Task LeaveAsync(params int[] checkpoints)
    {
        DirectoryStorage storage = new(TestStorage.Root, _harness.Base.Files);
        Epoch epoch = await storage.AcquireAsync(default);
        foreach (int id in checkpoints)
        {
            CheckpointManifest manifest = TestManifests.Of(epoch.Number, id, [], jobName: "two vertices") with { Job = Killed };
            Assert.IsType<CommitResult.Committed>(await storage.CommitAsync(manifest, default));
        }

        await storage.DisposeAsync();
    }

    private Task<JobHandle> RunningAsync(string? restore, params (string, string)[] settings) =>
        _harness.RunningAsync(_harness.Submission(CheckpointHarness.Options(settings)) with { Restore = restore, AllowNonRestoredState = true });

    private async Task<string> RefusedAsync() =>
        (await Assert.ThrowsAsync<StateRestoreException>(() => RunningAsync("latest"))).Message;

    private async Task CancelAsync(JobHandle job)
    {
        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;
    }

    private async Task FailAsync(JobHandle job)
    {
        _harness.FailAttempt(job);
        Assert.Equal(JobStatus.Failed, (await job.Completion).Status);
    }
}
