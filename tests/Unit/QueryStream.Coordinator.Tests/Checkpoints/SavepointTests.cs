using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

public sealed class SavepointTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_savepoint_is_a_directory_of_its_own_and_the_job_and_its_checkpoints_go_on()
    {
        JobHandle job = await _harness.RunningAsync(("execution.checkpointing.savepoint-dir", "file:///savepoints"));
        _harness.CompleteNext(job);

        Task<string> savepoint = Take(job, null);
        TriggerCheckpoint trigger = _harness.Triggers[^1];
        Assert.Equal((CheckpointKind.Savepoint, 2L, null, null), (trigger.Kind, trigger.Checkpoint.Number, trigger.Base, trigger.Stop));
        Assert.Matches($"^file:///savepoints/savepoint-{job.Id.ToString()[..6]}-[0-9a-f]{{12}}$", trigger.Storage);
        Assert.False(savepoint.IsCompleted);
        _harness.AcknowledgeAll(job, 2, address: trigger.Storage);

        Assert.Equal(trigger.Storage, await savepoint);
        Assert.Equal(trigger.Storage, job.Checkpoints.LastSavepoint!.Path);

        // Sinks do not commit: a restart goes back to checkpoint 1.
        Assert.Equal([1], _harness.CompletedIds.Select(id => id.Number));
        Assert.Equal([2], _harness.AbortedIds.Select(id => id.Number));
        _harness.CompleteNext(job);
        Assert.Equal((3L, 1L), (_harness.Triggers[^1].Checkpoint.Number, _harness.Triggers[^1].Base!.Value.Number));
        Assert.Equal([3], _harness.StoredIds(job));
        Assert.Equal(2, (await ReadAsync(trigger.Storage)).Id.Number);
    }

    [Fact]
    public async Task A_job_starts_from_a_savepoint_by_its_path()
    {
        JobHandle job = await _harness.RunningAsync();
        Task<string> savepoint = Take(job, "file:///savepoints");
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;

        await _harness.RunningAsync(_harness.Submission(CheckpointHarness.Options()) with { Restore = await savepoint });

        Assert.Equal(new RestorePlan(await savepoint, job.Id, new CheckpointId(1)), _harness.Base.SentTo<DeployTasks>(0).Last().Restore);
    }

    [Fact]
    public async Task It_waits_for_the_checkpoint_under_way_and_goes_before_the_next_one()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Advance(10);
        _ = Take(job, "file:///savepoints");
        Assert.Single(_harness.Triggers);
        _harness.Advance(15);
        _harness.AcknowledgeAll(job, 1);

        Assert.Equal(
            [CheckpointKind.Checkpoint, CheckpointKind.Savepoint], _harness.Triggers.Select(trigger => trigger.Kind));
        _harness.AcknowledgeAll(job, 2, address: _harness.Triggers[^1].Storage);
        Assert.Equal(CheckpointKind.Checkpoint, _harness.Triggers[^1].Kind);
    }

    [Fact]
    public async Task The_last_parts_of_ended_tasks_are_copied_into_it()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Acknowledge(job.Tasks[0], 0);
        _harness.Base.Report(job.Tasks[0], ExecutionState.Finished);
        Task<string> savepoint = Take(job, "file:///savepoints");
        string address = _harness.Triggers[^1].Storage;
        _harness.AcknowledgeAll(job, 1, address: address);

        DirectoryStorage storage = Open(await savepoint);
        CheckpointManifest manifest = await ReadAsync(address);
        Assert.Equal(4, manifest.Chunks.Count());
        List<long> values = [];
        foreach (ChunkHandle chunk in manifest.Chunks)
        {
            values.Add(BitConverter.ToInt64(await new ChunkReader(storage.SegmentsOf(job.Id)).ReadAsync(chunk, default)));
        }

        Assert.Equal([0, 1, 1, 1], values.Order());
    }

    [Theory]
    [InlineData(false, StopMode.Suspend)]
    [InlineData(true, StopMode.Drain)]
    public async Task A_job_stops_with_a_savepoint_after_its_sinks_have_committed(bool drain, StopMode mode)
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        Task<string> savepoint = Stop(job, drain);
        Assert.Equal(mode, _harness.Triggers[^1].Stop);
        _harness.AcknowledgeAll(job, 2, address: _harness.Triggers[^1].Storage);

        Assert.Equal(_harness.Triggers[^1].Storage, await savepoint);
        Assert.Equal([1, 2], _harness.CompletedIds.Select(id => id.Number));
        _harness.Advance(100);
        Assert.Equal(2, _harness.Triggers.Count);
        _harness.Base.ReportAll(job, ExecutionState.Finished);

        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Empty(_harness.StoredIds(job));
        Assert.Equal(2, (await ReadAsync(await savepoint)).Id.Number);
    }

    [Fact]
    public async Task No_sink_commits_before_the_storage_has_marked_that_the_job_stops()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.MarkFailure = new CheckpointStorageException("No space left on device");
        Task<string> savepoint = Stop(job, drain: false);
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);
        _harness.Advance(10);
        Assert.Empty(_harness.CompletedIds);

        _harness.Storage.MarkFailure = null;
        _harness.Advance(1);

        Assert.Equal(_harness.Triggers[^1].Storage, await savepoint);
        Assert.Equal([1], _harness.CompletedIds.Select(id => id.Number));
    }

    [Fact]
    public async Task A_job_that_waits_for_its_storage_to_mark_the_stop_can_be_cancelled()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Storage.MarkFailure = new CheckpointStorageException("Redis does not answer");
        Task<string> savepoint = Stop(job, drain: false);
        string path = _harness.Triggers[^1].Storage;
        _harness.AcknowledgeAll(job, 1, address: path);

        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        _harness.Advance(10);

        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        CheckpointFailedException failure = await Assert.ThrowsAsync<CheckpointFailedException>(() => savepoint);
        Assert.Contains($"{path} may be complete", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.CompletedIds);
    }

    [Fact]
    public async Task A_failure_after_the_savepoint_with_which_a_job_stops_ends_it_and_names_the_savepoint()
    {
        JobHandle job = await _harness.RunningAsync();
        Task<string> savepoint = Stop(job, drain: false);
        _harness.AcknowledgeAll(job, 1, address: _harness.Triggers[^1].Storage);

        _harness.FailAttempt(job);

        JobResult result = await job.Completion;
        Assert.Equal(JobStatus.Failed, result.Status);
        Assert.Contains(await savepoint, result.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("bad row", result.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_job_ends_too_when_the_savepoint_with_which_it_stops_is_complete_only_after_the_failure()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.CompleteNext(job);
        Task<string> savepoint = Stop(job, drain: false);
        TaskInfo last = job.Tasks[^1];
        foreach (TaskInfo task in job.Tasks.SkipLast(1))
        {
            _harness.Acknowledge(task, 2, address: _harness.Triggers[^1].Storage);
        }

        // The failure arrives before the answer of the commit.
        _harness.Acknowledge(last, 2, address: _harness.Triggers[^1].Storage, runs: false);
        _harness.FailAttempt(job);

        Assert.Equal(JobStatus.Failed, job.Status);
        Assert.Contains(await savepoint, (await job.Completion).Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, JobStatus.Running)]
    [InlineData(true, JobStatus.Restarting)]
    public async Task When_the_savepoint_fails_with_which_a_job_was_to_stop_it_goes_on_or_restarts_if_windows_have_fired(bool drain, JobStatus after)
    {
        JobHandle job = await _harness.RunningAsync();
        Task<string> savepoint = Stop(job, drain);

        _harness.Decline(job.Tasks[0], 1, new CheckpointStorageException("No space left on device"));

        Assert.Contains(
            "No space left", (await Assert.ThrowsAsync<CheckpointFailedException>(() => savepoint)).Message, StringComparison.Ordinal);
        Assert.Equal(after, job.Status);
        Assert.Equal([1], _harness.AbortedIds.Select(id => id.Number));
        if (!drain)
        {
            _harness.CompleteNext(job);
            Assert.Equal([2], _harness.CompletedIds.Select(id => id.Number));
        }
    }

    [Fact]
    public async Task A_savepoint_that_cannot_be_taken_says_why()
    {
        JobHandle job = await _harness.RunningAsync();
        SettingException nowhere = await Assert.ThrowsAsync<SettingException>(() => Take(job, null));
        Assert.Equal("execution.checkpointing.savepoint-dir", nowhere.Setting);
        await Assert.ThrowsAsync<SettingException>(() => Take(job, "redis://localhost:6379"));
        _harness.Base.Files.Failure = new UnauthorizedAccessException("denied");
        await Assert.ThrowsAsync<CheckpointStorageException>(() => Take(job, "file:///savepoints"));
        _harness.Base.Files.Failure = null;

        Task<string> last = Take(job, "file:///savepoints");
        _harness.FailAttempt(job);
        Assert.Contains("bad row", (await Assert.ThrowsAsync<CheckpointFailedException>(() => last)).Message, StringComparison.Ordinal);
        CheckpointFailedException restarting = await Assert.ThrowsAsync<CheckpointFailedException>(() => Take(job, "file:///savepoints"));
        Assert.Contains("the job is RESTARTING", restarting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Savepoints_need_a_directory_of_checkpoints()
    {
        JobHandle job = await _harness.RunningAsync((CheckpointHarness.Dir, ""));

        Assert.Equal(CheckpointHarness.Dir, (await Assert.ThrowsAsync<SettingException>(() => Take(job, "file:///savepoints"))).Setting);
    }

    private Task<string> Take(JobHandle job, string? directory)
    {
        Task<string> savepoint = job.TakeSavepointAsync(directory);
        _harness.Base.Executor.RunUntilIdle();
        return savepoint;
    }

    private Task<string> Stop(JobHandle job, bool drain)
    {
        Task<string> savepoint = job.StopWithSavepointAsync("file:///savepoints", drain);
        _harness.Base.Executor.RunUntilIdle();
        return savepoint;
    }

    private DirectoryStorage Open(string address) => new(new Uri(address).LocalPath, _harness.Base.Files);

    private async Task<CheckpointManifest> ReadAsync(string address)
    {
        DirectoryStorage storage = Open(address);
        return await storage.ReadAsync(Assert.Single(await storage.ListAsync(default)), default);
    }
}
