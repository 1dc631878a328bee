using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

public sealed class CancelTests : IDisposable
{
    private readonly CoordinatorHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task While_its_graph_is_built_a_job_is_cancelled_by_who_submits_it()
    {
        _harness.Jobs.Close();
        using CancellationTokenSource patience = new();
        Task<JobHandle> submitted = _harness.SubmitAsync(cancellationToken: patience.Token);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitted);
        await _harness.Jobs.OpenAsync(_harness.Executor);

        Assert.Empty(_harness.SentTo<DeployTasks>(0));
        Assert.Equal(2, _harness.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task While_its_graph_is_built_a_job_ends_with_its_coordinator()
    {
        _harness.Jobs.Close();
        Task<JobHandle> submitted = _harness.SubmitAsync();

        _harness.Coordinator.Stop();
        _harness.Executor.RunUntilIdle();

        Assert.True(_harness.Coordinator.Stopped.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitted);
        await _harness.Jobs.OpenAsync(_harness.Executor);
    }

    [Fact]
    public async Task While_it_is_deployed_a_job_waits_for_each_task_to_be_cancelled()
    {
        JobHandle job = await _harness.DeployingAsync();

        _harness.Cancel(job);

        await CheckAsync(job);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Running);
    }

    [Fact]
    public async Task While_its_tasks_open_a_job_waits_for_each_of_them_to_be_cancelled()
    {
        JobHandle job = await _harness.InitializingAsync();

        _harness.Cancel(job);

        await CheckAsync(job);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Running);
    }

    [Fact]
    public async Task While_it_runs_a_job_waits_for_each_task_to_be_cancelled()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Cancel(job);

        await CheckAsync(job);
        await job.Running;
    }

    [Fact]
    public async Task A_job_is_cancelled_once_however_often_one_asks()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Cancel(job);
        _harness.Cancel(job);

        Assert.Single(_harness.SentTo<CancelTasks>(0));
        _harness.ReportAll(job, ExecutionState.Canceled);
        await job.CancelAsync();
        Assert.Equal(JobStatus.Canceled, job.Status);
    }

    [Fact]
    public async Task Tasks_that_end_by_themselves_while_they_are_cancelled_end_a_job_as_cancelled()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Cancel(job);

        _harness.Report(job.Tasks[0], ExecutionState.Finished);
        _harness.Report(job.Tasks[1], ExecutionState.Failed, new FormatException("on the way out"));
        _harness.ReportAll(job, ExecutionState.Canceled);

        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Canceled, null), (result.Status, result.Failure));
    }

    [Fact]
    public async Task Cancelling_a_failing_job_does_not_hide_its_failure()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("bad"));

        _harness.Cancel(job);
        _harness.ReportAll(job, ExecutionState.Canceled);

        Assert.IsType<TaskFailedException>((await job.Completion).Failure);
    }

    [Fact]
    public async Task A_job_that_has_finished_stays_finished()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.ReportAll(job, ExecutionState.Finished);

        _harness.Cancel(job);

        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
    }

    [Fact]
    public async Task A_coordinator_that_stops_cancels_its_jobs_first_and_takes_no_more()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Coordinator.Stop();
        _harness.Executor.RunUntilIdle();
        Assert.False(_harness.Coordinator.Stopped.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _harness.SubmitAsync());
        _harness.ReportAll(job, ExecutionState.Canceled);

        Assert.True(_harness.Coordinator.Stopped.IsCompleted);
        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _harness.SubmitAsync());
    }

    private async Task CheckAsync(JobHandle job)
    {
        Assert.Equal(JobStatus.Cancelling, job.Status);
        Assert.Single(_harness.SentTo<CancelTasks>(0));
        Assert.Single(_harness.SentTo<CancelTasks>(1));
        foreach (TaskInfo task in job.Tasks)
        {
            Assert.False(job.Completion.IsCompleted);
            Assert.Equal(ExecutionState.Canceling, task.State);
            _harness.Report(task, ExecutionState.Canceled);
        }

        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Canceled, null), (result.Status, result.Failure));
        Assert.Equal(2, _harness.Coordinator.Overview().FreeSlots);
    }
}
