using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

public sealed class JobMasterTests : IDisposable
{
    private readonly CoordinatorHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Each_worker_of_a_deployment_learns_the_addresses_of_all()
    {
        await _harness.DeployingAsync();

        foreach (RecordingLink<WorkerMessage> link in _harness.Links)
        {
            Assert.Equal(
                [
                    new WorkerLocation(new WorkerId("w0"), CoordinatorHarness.AddressOf(0)),
                    new WorkerLocation(new WorkerId("w1"), CoordinatorHarness.AddressOf(1)),
                ],
                link.Sent.OfType<DeployTasks>().Single().Workers);
        }
    }

    [Fact]
    public async Task A_deployment_names_the_job_and_the_slot_of_each_task_but_holds_no_graph()
    {
        JobHandle job = await _harness.DeployingAsync();

        DeployTasks order = Assert.Single(_harness.SentTo<DeployTasks>(0));
        Assert.Equal(_harness.Reference, order.Plan.Reference);
        Assert.Equal(2, order.Plan.Parallelism);
        Assert.Equal(64, order.Plan.Fingerprint.Length);
        Assert.Equal(4, order.Placement.Count);
        Assert.Equal(order, Assert.Single(_harness.SentTo<DeployTasks>(1)));
        Assert.Equal(JobStatus.Created, job.Status);
        Assert.Equal("two vertices", job.Name);
        Assert.All(job.Tasks, task => Assert.Equal(ExecutionState.Deploying, task.State));
    }

    [Fact]
    public async Task One_slot_holds_one_subtask_of_every_vertex()
    {
        JobHandle job = await _harness.DeployingAsync();

        Assert.All(job.Tasks.GroupBy(task => task.Slot), slot =>
        {
            Assert.Single(slot.Select(task => task.Task.Subtask).Distinct());
            Assert.Equal(2, slot.Select(task => task.Task.Vertex).Distinct().Count());
        });
    }

    [Fact]
    public async Task No_task_is_told_to_run_before_all_workers_have_deployed()
    {
        JobHandle job = await _harness.DeployingAsync();

        _harness.Tell(1, new TasksDeployed(job.Id, default));
        Assert.Empty(_harness.SentTo<RunTasks>(0));
        Assert.Empty(_harness.SentTo<RunTasks>(1));

        _harness.Tell(0, new TasksDeployed(job.Id, default));
        Assert.Single(_harness.SentTo<RunTasks>(0));
        Assert.Single(_harness.SentTo<RunTasks>(1));
    }

    [Fact]
    public async Task A_job_runs_when_its_last_task_does()
    {
        JobHandle job = await _harness.InitializingAsync();
        foreach (TaskInfo task in job.Tasks)
        {
            Assert.Equal(JobStatus.Created, job.Status);
            Assert.False(job.Running.IsCompleted);
            _harness.Report(task, ExecutionState.Running);
        }

        Assert.Equal(JobStatus.Running, job.Status);
        await job.Running;
    }

    [Fact]
    public async Task A_job_has_finished_when_its_last_task_has_and_then_its_slots_are_free()
    {
        JobHandle job = await _harness.RunningAsync();
        foreach (TaskInfo task in job.Tasks)
        {
            Assert.Equal(JobStatus.Running, job.Status);
            Assert.Equal(0, _harness.Coordinator.Overview().FreeSlots);
            _harness.Report(task, ExecutionState.Finished);
        }

        JobResult result = await job.Completion;
        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.Equal(2, _harness.Coordinator.Overview().FreeSlots);
        Assert.Single(_harness.SentTo<ReleaseJob>(0));
        Assert.Single(_harness.SentTo<ReleaseJob>(1));
    }

    [Fact]
    public async Task Tasks_that_finish_before_they_are_reported_to_run_still_make_the_job_run_first()
    {
        JobHandle job = await _harness.InitializingAsync();

        _harness.ReportAll(job, ExecutionState.Finished);

        await job.Running;
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
    }

    [Fact]
    public async Task A_report_that_a_task_runs_changes_nothing_when_it_has_finished()
    {
        JobHandle job = await _harness.InitializingAsync();
        TaskInfo first = job.Tasks[0];
        _harness.Report(first, ExecutionState.Finished);

        _harness.Report(first, ExecutionState.Running);

        Assert.Equal(ExecutionState.Finished, job.Tasks[0].State);
    }

    [Fact]
    public async Task A_task_that_fails_fails_the_job_when_the_others_have_been_cancelled()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Report(job.Tasks[1], ExecutionState.Failed, new FormatException("bad row"));

        Assert.Equal(JobStatus.Failing, job.Status);
        Assert.Single(_harness.SentTo<CancelTasks>(0));
        Assert.Single(_harness.SentTo<CancelTasks>(1));
        _harness.ReportAll(job, ExecutionState.Canceled);
        JobResult result = await job.Completion;
        Assert.Equal(JobStatus.Failed, result.Status);
        TaskFailedException failure = Assert.IsType<TaskFailedException>(result.Failure);
        Assert.Equal("Map (2/2) failed: FormatException: bad row", failure.Message);
        Assert.Equal(ExecutionState.Failed, job.Tasks[1].State);
        await job.Running;
    }

    [Fact]
    public async Task The_first_of_several_failures_is_that_of_the_job()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("first"));
        _harness.Report(job.Tasks[1], ExecutionState.Failed, new FormatException("second"));
        _harness.ReportAll(job, ExecutionState.Canceled);

        Assert.Contains("first", CoordinatorHarness.FailureOf(await job.Completion).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_the_inner_exception_and_the_job_never_ran()
    {
        JobHandle job = await _harness.InitializingAsync();

        _harness.Report(job.Tasks[0], ExecutionState.Failed, new ServiceUnavailableException("Kafka", "h:1", "Kafka not available at h:1"));
        _harness.ReportAll(job, ExecutionState.Canceled);

        JobResult result = await job.Completion;
        ServiceUnavailableException cause = Assert.IsType<ServiceUnavailableException>(result.Failure?.InnerException);
        Assert.Equal("Kafka not available at h:1", cause.Message);
        Assert.Same(result.Failure, await Assert.ThrowsAsync<TaskFailedException>(() => job.Running));
    }

    [Fact]
    public async Task A_worker_that_refuses_fails_the_job_with_its_reason_and_the_others_are_cancelled()
    {
        JobHandle job = await _harness.DeployingAsync();

        _harness.Tell(0, new DeploymentRefused(job.Id, default, ErrorInfo.From(new DeploymentRefusedException("another graph"))));

        Assert.Equal(JobStatus.Failing, job.Status);
        Assert.Single(_harness.SentTo<CancelTasks>(1));
        foreach (TaskInfo task in job.Tasks.Where(task => CoordinatorHarness.WorkerOf(task) == 1).ToList())
        {
            _harness.Report(task, ExecutionState.Canceled);
        }

        Assert.Equal("another graph", Assert.IsType<DeploymentRefusedException>((await job.Completion).Failure).Message);
    }

    [Fact]
    public async Task A_worker_that_deploys_too_late_does_not_make_a_failing_job_run()
    {
        JobHandle job = await _harness.DeployingAsync();
        _harness.Tell(0, new TasksDeployed(job.Id, default));
        _harness.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("at once"));

        _harness.Tell(1, new TasksDeployed(job.Id, default));

        Assert.Empty(_harness.SentTo<RunTasks>(0));
        Assert.Empty(_harness.SentTo<RunTasks>(1));
    }

    [Fact]
    public async Task Reports_of_another_attempt_are_ignored()
    {
        JobHandle job = await _harness.RunningAsync();

        _harness.Report(job.Tasks[0], ExecutionState.Failed, new FormatException("stale"), attempt: 1);
        _harness.Tell(0, new MetricsReport(job.Id, new Attempt(1), [new TaskSample(job.Tasks[0].Task) { RecordsRead = 7 }]));

        Assert.Equal(JobStatus.Running, job.Status);
        Assert.Equal(0, job.Metrics().RecordsRead);
    }

    [Fact]
    public async Task A_definition_that_throws_refuses_the_submission()
    {
        _harness.Jobs.Add("job", new LambdaJob("broken", _ => throw new FormatException("no such column")));

        JobDefinitionException refused = await Assert.ThrowsAsync<JobDefinitionException>(() => _harness.SubmitAsync());

        Assert.Equal("Job 'broken' could not be defined: FormatException: no such column", refused.Message);
        Assert.Equal(2, _harness.Coordinator.Overview().FreeSlots);
    }

    [Fact]
    public async Task Too_few_slots_refuse_the_submission_and_say_how_many_there_are()
    {
        NotEnoughSlotsException refused = await Assert.ThrowsAsync<NotEnoughSlotsException>(() => _harness.SubmitAsync(parallelism: 3));

        Assert.Equal((3, 2), (refused.Needed, refused.Free));
        Assert.Equal(2, _harness.Coordinator.Overview().FreeSlots);
        Assert.Empty(_harness.SentTo<DeployTasks>(0));
    }

    [Fact]
    public async Task Slots_of_a_running_job_are_not_given_to_another()
    {
        await _harness.RunningAsync();

        await Assert.ThrowsAsync<NotEnoughSlotsException>(() => _harness.SubmitAsync(parallelism: 1));
    }
}
