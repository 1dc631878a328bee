using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>A worker that loads a job before it has tasks of it.</summary>
public sealed class PreparationTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_deployment_uses_the_graph_of_a_prepared_job()
    {
        Prepare();
        Assert.Equal(1, _harness.BuiltRegions);

        Deploy(attempt: 0);

        Assert.Equal(1, _harness.BuiltRegions);
        Assert.Equal(new Attempt(0), _harness.Link.Sent.OfType<TasksDeployed>().Single().Attempt);
    }

    [Fact]
    public void A_deployment_waits_for_the_graph_that_is_being_built()
    {
        DeployTasks deployment = _harness.DeploymentOfRegion(0, 0);
        _harness.Worker.Receive(_harness.Link, new PrepareJob(AgentHarness.Job, deployment.Plan));
        _harness.Worker.Receive(_harness.Link, deployment);
        _harness.Executor.RunUntilIdle();

        Assert.Equal(1, _harness.BuiltRegions);
        Assert.Single(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    [Fact]
    public void A_job_is_prepared_once_though_the_coordinator_says_it_again()
    {
        Prepare();
        Prepare();

        Assert.Equal(1, _harness.BuiltRegions);
    }

    [Fact]
    public void A_job_that_has_ended_is_forgotten()
    {
        Prepare();
        _harness.Tell(new ReleaseJob(AgentHarness.Job));

        Deploy(attempt: 0);

        Assert.Equal(2, _harness.BuiltRegions);
    }

    [Fact]
    public void The_next_coordinator_says_anew_what_it_wants_prepared()
    {
        Prepare();
        _harness.Disconnect();
        _harness.Connect(new Epoch(2));

        Deploy(attempt: 0);

        Assert.Equal(2, _harness.BuiltRegions);
    }

    [Fact]
    public void Another_plan_replaces_the_one_before()
    {
        Prepare();
        JobPlan other = _harness.DeploymentOfRegion(0, 0).Plan with { Fingerprint = "other" };
        _harness.Tell(new PrepareJob(AgentHarness.Job, other));

        Deploy(attempt: 0);

        Assert.Equal(3, _harness.BuiltRegions);
        Assert.Single(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    [Fact]
    public void A_job_that_cannot_be_loaded_is_refused_when_it_is_deployed()
    {
        DeployTasks deployment = _harness.DeploymentOfRegion(0, 0);
        JobPlan unknown = deployment.Plan with { Reference = new JobReference("unknown", "Unknown") };
        _harness.Tell(new PrepareJob(AgentHarness.Job, unknown));
        Assert.DoesNotContain(_harness.Link.Sent, message => message is not RegisterWorker);

        _harness.Tell(deployment with { Plan = unknown });
        Assert.Single(_harness.Link.Sent.OfType<DeploymentRefused>());

        // Nor is what failed kept.
        Deploy(attempt: 1);
        Assert.Single(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    private void Prepare() => _harness.Tell(new PrepareJob(AgentHarness.Job, _harness.DeploymentOfRegion(0, 0).Plan));

    private void Deploy(int attempt) => _harness.Tell(_harness.DeploymentOfRegion(0, attempt));
}
