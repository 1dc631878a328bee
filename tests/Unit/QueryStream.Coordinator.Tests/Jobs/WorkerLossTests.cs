using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

public sealed class WorkerLossTests : IDisposable
{
    private readonly CoordinatorHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_lost_worker_fails_the_job_when_the_tasks_of_the_others_have_ended()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Lose(0);

        Assert.Equal(JobStatus.Failing, job.Status);
        Assert.Single(_harness.Coordinator.Overview().Workers);
        _harness.ReportAll(job, ExecutionState.Canceled);
        JobResult result = await job.Completion;
        Assert.Equal(new WorkerId("w0"), Assert.IsType<WorkerLostException>(result.Failure).Worker);
    }

    [Fact]
    public async Task A_worker_that_cancels_by_itself_is_leaving_and_fails_the_job()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Report(job.Tasks[0], ExecutionState.Canceled);

        Assert.Equal(JobStatus.Failing, job.Status);
    }

    [Fact]
    public async Task A_worker_lost_while_a_job_is_cancelled_is_not_waited_for()
    {
        JobHandle job = await _harness.RunningAsync();
        _harness.Cancel(job);

        _harness.Lose(0);
        _harness.Lose(1);

        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
    }

    [Fact]
    public async Task A_worker_lost_after_its_tasks_have_finished_fails_nothing()
    {
        JobHandle job = await _harness.RunningAsync();
        foreach (TaskInfo task in job.Tasks.Where(task => CoordinatorHarness.WorkerOf(task) == 0).ToList())
        {
            _harness.Report(task, ExecutionState.Finished);
        }

        _harness.Lose(0);

        Assert.Equal(JobStatus.Running, job.Status);
        _harness.ReportAll(job, ExecutionState.Finished);
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
    }

    [Fact]
    public void A_worker_that_comes_back_is_told_to_end_what_it_still_holds()
    {
        HeldTasks held = new(new JobId(42), new Attempt(3), 1, "");

        RecordingLink<WorkerMessage> link = _harness.Register(0, 1, held);

        Assert.Equal([new WorkerRegistered(CoordinatorHarness.Epoch), new CancelTasks(held.Job, held.Attempt), new ReleaseJob(held.Job)], link.Sent);
    }

    [Fact]
    public async Task A_second_connection_of_one_name_replaces_the_first()
    {
        JobHandle job = await _harness.RunningAsync();
        RecordingLink<WorkerMessage> first = _harness.Links[0];

        _harness.Register(0, 1);

        Assert.True(first.IsClosed);
        Assert.Equal(JobStatus.Failing, job.Status);
        Assert.Equal(2, _harness.Coordinator.Overview().Workers.Count);
    }

    [Fact]
    public void Messages_on_a_replaced_connection_are_ignored()
    {
        RecordingLink<WorkerMessage> first = _harness.Links[0];
        _harness.Register(0, 1);

        _harness.Coordinator.Disconnected(first);
        _harness.Executor.RunUntilIdle();

        Assert.Equal(2, _harness.Coordinator.Overview().Workers.Count);
    }

    [Fact]
    public void A_worker_without_slots_is_sent_away()
    {
        RecordingLink<WorkerMessage> link = _harness.Register(2, 0);

        Assert.True(link.IsClosed);
        Assert.Equal(2, _harness.Coordinator.Overview().Workers.Count);
    }

    [Fact]
    public async Task Waiting_for_workers_ends_when_the_last_of_them_has_registered()
    {
        Task waiting = _harness.Coordinator.WaitForWorkersAsync(3, CancellationToken.None);
        _harness.Executor.RunUntilIdle();
        Assert.False(waiting.IsCompleted);

        _harness.Register(2, 1);

        await waiting;
    }
}
