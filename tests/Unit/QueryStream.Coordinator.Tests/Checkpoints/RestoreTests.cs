using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>What a job starts from.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly CheckpointHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/_metadata")]
    public async Task A_job_starts_from_the_checkpoint_of_a_path(string ending)
    {
        JobHandle first = await EndedAsync(checkpoints: 3);

        JobHandle job = await _harness.RunningAsync(Submission($"file://{TestStorage.Root}/{first.Id}/chk-2{ending}"));

        Assert.Equal(
            new RestorePlan($"file://{TestStorage.Root}", first.Id, new CheckpointId(2)), _harness.Base.SentTo<DeployTasks>(0).Last().Restore);
        Assert.Equal($"file://{TestStorage.Root}/{first.Id}/chk-2", job.Checkpoints.RestoredFrom);

        // Ids go on above it, and the first one refers to none, since another job owns what was restored.
        _harness.CompleteNext(job);
        Assert.Equal((3L, null), (_harness.Triggers[^1].Checkpoint.Number, _harness.Triggers[^1].Base));
        Assert.Equal([1, 2, 3], _harness.StoredIds(first));
    }

    [Fact]
    public async Task The_latest_is_that_of_the_last_run_with_the_highest_id()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);

        await _harness.RunningAsync(Submission("latest"));

        Assert.Equal(
            new RestorePlan(TestStorage.StorageAddress, first.Id, new CheckpointId(2)), _harness.Base.SentTo<DeployTasks>(0).Last().Restore);
    }

    [Fact]
    public async Task Without_a_latest_checkpoint_the_job_starts_without_state_and_says_so()
    {
        await _harness.RunningAsync(Submission("latest"));

        Assert.Null(_harness.Base.SentTo<DeployTasks>(0).Last().Restore);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("starts without state", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_manifest_makes_the_one_before_it_the_latest_and_is_reported()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);
        Damage(first, 2);

        await _harness.RunningAsync(Submission("latest"));

        Assert.Equal(new CheckpointId(1), _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Checkpoint);
        Assert.Contains(_harness.Base.Logs.Of(LogLevel.Warning), line => line.Contains("skips a damaged checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task If_all_checkpoints_are_damaged_the_job_does_not_start()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);
        Damage(first, 1);
        Damage(first, 2);

        DamagedCheckpointException refused = await Assert.ThrowsAsync<DamagedCheckpointException>(() => _harness.RunningAsync(Submission("latest")));

        Assert.Contains("2 are damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_checkpoint_of_a_path_is_an_error()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);
        Damage(first, 2);

        await Assert.ThrowsAsync<DamagedCheckpointException>(
            () => _harness.RunningAsync(Submission($"file://{TestStorage.Root}/{first.Id}/chk-2")));
    }

    [Fact]
    public async Task A_path_without_a_checkpoint_is_an_error()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);

        DamagedCheckpointException missing = await Assert.ThrowsAsync<DamagedCheckpointException>(
            () => _harness.RunningAsync(Submission($"file://{TestStorage.Root}/{first.Id}/chk-7")));
        Assert.Contains("chk-7", missing.Message, StringComparison.Ordinal);
        DamagedCheckpointException several = await Assert.ThrowsAsync<DamagedCheckpointException>(
            () => _harness.RunningAsync(Submission($"file://{TestStorage.Root}")));
        Assert.Contains("2 checkpoints", several.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DamagedCheckpointException>(() => _harness.RunningAsync(Submission("file:///nowhere")));
    }

    [Fact]
    public async Task A_chunk_that_a_task_finds_damaged_makes_the_one_before_it_the_latest_without_a_restart_strategy()
    {
        JobHandle first = await EndedAsync(checkpoints: 2);
        JobHandle job = await _harness.Base.SubmitAsync(Submission("latest", ("restart-strategy.type", "none")));
        _harness.Base.Deployed(job);

        _harness.FailAttempt(job, cause: new DamagedCheckpointException("a chunk has another checksum"));

        DeployTasks second = _harness.Base.SentTo<DeployTasks>(0).Last();
        Assert.Equal((new Attempt(1), new RestorePlan(TestStorage.StorageAddress, first.Id, new CheckpointId(1))), (second.Attempt, second.Restore));
        _harness.Base.Deployed(job, 1);
        _harness.FailAttempt(job, attempt: 1, cause: new DamagedCheckpointException("a chunk is missing"));
        Assert.IsType<DamagedCheckpointException>((await job.Completion).Failure);
    }

    [Fact]
    public async Task State_that_no_operator_claims_is_refused_unless_that_is_allowed()
    {
        JobHandle first = await EndedAsync(checkpoints: 1);
        _harness.Base.Jobs.Add("job", new LambdaJob("two vertices", static job =>
            job.Source("others", new MemorySource<int>([1])).CountOnce("count", static number => new RecordPosition(0, number))));

        StateRestoreException refused = await Assert.ThrowsAsync<StateRestoreException>(() => _harness.RunningAsync(Submission("latest")));
        Assert.Contains("no longer has", refused.Message, StringComparison.Ordinal);
        await _harness.RunningAsync(Submission("latest") with { AllowNonRestoredState = true });

        Assert.Equal(first.Id, _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Job);
    }

    [Fact]
    public async Task The_latest_needs_a_directory_and_a_path_does_not()
    {
        JobHandle first = await EndedAsync(checkpoints: 1);

        SettingException refused = await Assert.ThrowsAsync<SettingException>(
            () => _harness.RunningAsync(Submission("latest", (CheckpointHarness.Dir, ""))));
        Assert.Equal(CheckpointHarness.Dir, refused.Setting);
        await _harness.RunningAsync(Submission($"file://{TestStorage.Root}/{first.Id}/chk-1", (CheckpointHarness.Dir, "")));

        DeployTasks deployed = _harness.Base.SentTo<DeployTasks>(0).Last();
        Assert.Equal((null, first.Id), (deployed.Checkpoints, deployed.Restore!.Job));
    }

    [Fact]
    public async Task A_restart_before_the_first_checkpoint_starts_from_the_same_again()
    {
        JobHandle first = await EndedAsync(checkpoints: 1);
        JobHandle job = await _harness.RunningAsync(Submission("latest"));

        _harness.FailAttempt(job);
        _harness.Advance(2);

        Assert.Equal(first.Id, _harness.Base.SentTo<DeployTasks>(0).Last().Restore!.Job);
    }

    private JobSubmission Submission(string restore, params (string Setting, string Value)[] settings) =>
        _harness.Submission(CheckpointHarness.Options(settings)) with { Restore = restore };

    // A cancelled run whose checkpoints are kept.
    private async Task<JobHandle> EndedAsync(int checkpoints)
    {
        JobHandle job = await _harness.RunningAsync(
            ("execution.checkpointing.num-retained", "3"), ("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"));
        for (int i = 0; i < checkpoints; i++)
        {
            _harness.CompleteNext(job);
        }

        _harness.Base.Cancel(job);
        _harness.Base.ReportAll(job, ExecutionState.Canceled);
        await job.Completion;
        return job;
    }

    private void Damage(JobHandle job, long checkpoint) =>
        _harness.Base.Files.Content($"{TestStorage.Root}/{job.Id}/chk-{checkpoint}/_metadata")![40] ^= 1;
}
