using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>A job whose coordinator has died, under the next one.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(1, new long[] { 4 })]
    [InlineData(2, new long[] { 3, 4 })]
    public async Task The_checkpoints_of_the_coordinator_before_are_retained_and_deleted_like_its_own(int retained, long[] stored)
    {
        using CheckpointHarness first = new();
        ExecutionOptions options = CheckpointHarness.Options(("execution.checkpointing.num-retained", $"{retained}"));
        JobSubmission submission = first.Submission(options);
        JobHandle job = await first.RunningAsync(submission);
        for (int checkpoint = 0; checkpoint < 3; checkpoint++)
        {
            first.CompleteNext(job);
        }

        first.Base.Coordinator.Abandon();
        first.Base.Executor.RunUntilIdle();
        await first.Storage.DisposeAsync();

        using CheckpointHarness second = new(first.Base.Files);
        Task<JobHandle> recovered = second.Base.Coordinator.RecoverAsync(
            new RegisteredJob(job.Id, submission, default, Recoveries: 1));
        second.Base.Executor.RunUntilIdle();

        // No worker holds its tasks.
        second.Advance(3);
        JobHandle resumed = await recovered;
        int attempt = 1 << 16;
        second.Run(resumed, attempt);
        Assert.Equal(CheckpointHarness.Id(3), second.Base.SentTo<DeployTasks>(0).Single().Restore!.Checkpoint);

        second.CompleteNext(resumed, attempt);
        second.Advance(1);
        Assert.Equal(stored, second.StoredIds(resumed).Distinct().Order());
        Assert.Equal(stored, second.StoredSegments(resumed).Distinct());
    }

    [Fact]
    public async Task A_job_whose_storage_the_coordinator_before_still_holds_is_resumed_when_that_has_ended()
    {
        using CheckpointHarness first = new();
        JobSubmission submission = first.Submission(CheckpointHarness.Options());
        JobHandle job = await first.RunningAsync(submission);
        first.CompleteNext(job);

        // It is frozen, and holds the lock of the directory.
        using CheckpointHarness second = new(first.Base.Files);
        Task<JobHandle> recovered = second.Base.Coordinator.RecoverAsync(new RegisteredJob(job.Id, submission, default, Recoveries: 1));
        second.Advance(30);
        Assert.False(recovered.IsCompleted);
        Assert.Empty(second.Base.SentTo<DeployTasks>(0));

        await first.Storage.DisposeAsync();
        second.Advance(1);
        second.Advance(3);
        JobHandle resumed = await recovered;
        second.Run(resumed, attempt: 1 << 16);
        Assert.Equal(CheckpointHarness.Id(1), second.Base.SentTo<DeployTasks>(0).Single().Restore!.Checkpoint);
    }

    [Fact]
    public async Task A_new_job_whose_storage_another_process_holds_is_refused_at_once()
    {
        using CheckpointHarness first = new();
        await first.RunningAsync();
        using CheckpointHarness second = new(first.Base.Files);

        await Assert.ThrowsAsync<CheckpointStorageException>(() => second.Base.SubmitAsync(second.Submission(CheckpointHarness.Options())));
    }
}
