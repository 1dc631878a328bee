using QueryStream.Core.Identity;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

public sealed class DeploymentTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_worker_registers_when_it_is_connected()
    {
        RegisterWorker registration = Assert.IsType<RegisterWorker>(Assert.Single(_harness.Link.Sent));

        Assert.Equal((AgentHarness.Me, AgentHarness.Slots), (registration.Worker, registration.Slots));
        Assert.Empty(registration.Held);
    }

    [Fact]
    public void A_worker_deploys_its_own_tasks_which_wait_until_they_are_told_to_run()
    {
        _harness.Tell(_harness.Deployment());

        Assert.Equal(2, _harness.Tasks.Started.Count);
        Assert.All(_harness.Tasks.Started, task => Assert.Equal(0, task.Subtask));
        Assert.Equal(2, _harness.Connectable.Count);
        Assert.Equal(new TasksDeployed(AgentHarness.Job, default), _harness.Link.Sent[^1]);
        Assert.Empty(_harness.Reports(ExecutionState.Running));

        _harness.Tell(new RunTasks(AgentHarness.Job, default));
        Assert.Equal(2, _harness.Reports(ExecutionState.Running).Count);
    }

    [Fact]
    public void A_graph_that_differs_from_the_coordinators_is_refused()
    {
        _harness.Tell(
            _harness.Deployment(
                coordinatorDefines: job => job.Source("other", new MemorySource<int>([])).CountOnce("count", n => new RecordPosition(0, n))));

        DeploymentRefused refused = Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]);
        Assert.Contains("has built another graph of job 'two vertices' than the coordinator", refused.Error.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.Tasks.Started);
    }

    [Fact]
    public void A_job_that_it_cannot_load_is_refused()
    {
        DeployTasks deployment = _harness.Deployment();

        _harness.Tell(deployment with { Plan = deployment.Plan with { Reference = new JobReference("test", "missing") } });

        Assert.Equal("There is no missing of test.", Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Message);
    }

    [Theory]
    [InlineData(AgentHarness.Slots)]
    [InlineData(-1)]
    public void A_slot_that_it_does_not_have_is_refused(int slot)
    {
        _harness.Tell(_harness.Deployment(slot: slot));

        Assert.Contains($"has no slot {slot}", Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slot_that_another_job_holds_is_refused_until_that_has_ended()
    {
        JobId second = new(8);
        _harness.DeployAndRun();

        _harness.Tell(_harness.Deployment(job: second));
        Assert.Contains("is in use by job", Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Message, StringComparison.Ordinal);

        _harness.Tell(new CancelTasks(AgentHarness.Job, default));
        _harness.Tell(_harness.Deployment(job: second));
        Assert.Equal(new TasksDeployed(second, default), _harness.Link.Sent[^1]);
    }

    [Fact]
    public void Two_jobs_share_a_worker_in_different_slots()
    {
        _harness.DeployAndRun();

        _harness.Tell(_harness.Deployment(job: new JobId(8), slot: 1));

        Assert.Equal(4, _harness.Tasks.Alive);
    }

    [Fact]
    public void If_one_task_cannot_be_started_the_others_end_before_the_refusal_is_told()
    {
        _harness.Tasks.OnStart = task => _harness.Tasks.Started.Count == 1 ? new FormatException("no room") : null;

        _harness.Tell(_harness.Deployment());

        Assert.Equal(0, _harness.Tasks.Alive);
        Assert.Contains("no room", Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_deployment_is_ignored()
    {
        _harness.Tell(_harness.Deployment());
        _harness.Tell(_harness.Deployment());

        Assert.Equal(2, _harness.Tasks.Started.Count);
        Assert.Single(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    [Fact]
    public void A_deployment_of_an_earlier_attempt_is_ignored()
    {
        _harness.DeployAndRun(attempt: 1);

        _harness.Tell(_harness.Deployment(attempt: 0));

        Assert.Equal(2, _harness.Tasks.Started.Count);
    }

    [Fact]
    public void A_deployment_of_a_later_attempt_ends_the_earlier_one_and_reuses_its_graph()
    {
        _harness.DeployAndRun();
        DeployTasks deployment = _harness.Deployment(attempt: 1);
        _harness.Jobs.Close();

        _harness.Tell(deployment);

        Assert.Equal(2, _harness.Tasks.Alive);
        Assert.Same(_harness.Tasks.Started[0].Graph, _harness.Tasks.Started[^1].Graph);
        Assert.All(_harness.Reports(ExecutionState.Canceled), report => Assert.Equal(default, report.Attempt));
        Assert.All(_harness.Connectable, task => Assert.Equal(new Attempt(1), task.Attempt));
    }

    [Fact]
    public void Messages_to_run_and_cancel_another_attempt_are_ignored()
    {
        _harness.Tell(_harness.Deployment(attempt: 1));

        _harness.Tell(new RunTasks(AgentHarness.Job, new Attempt(0)));
        _harness.Tell(new CancelTasks(AgentHarness.Job, new Attempt(0)));

        Assert.Equal(2, _harness.Tasks.Alive);
        Assert.Empty(_harness.Reports(ExecutionState.Running));
    }

    [Fact]
    public void Tasks_stay_connectable_until_their_job_is_released()
    {
        _harness.DeployAndRun();
        foreach (Runtime.Tasks.TaskDeployment task in _harness.Tasks.Started)
        {
            _harness.Tasks.Finish(task.Id);
        }

        _harness.Executor.RunUntilIdle();
        Assert.Equal(2, _harness.Connectable.Count);

        _harness.Tell(new ReleaseJob(AgentHarness.Job));
        Assert.Empty(_harness.Connectable);
    }
}
