using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>Questions about keyed state reach only the task and attempt that they name.</summary>
public sealed class StateReadTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_question_to_a_task_that_does_not_run_here_is_refused_at_once()
    {
        DeployTasks deployment = _harness.Deployment();
        _harness.Tell(deployment);
        Assert.Equal(StateOutcome.NotOwner, (await AskAsync(deployment, subtask: 0)).Outcome);
        _harness.Tell(new RunTasks(deployment.Job, deployment.Attempt));

        Assert.Equal(StateOutcome.NotOwner, (await AskAsync(deployment, subtask: 1)).Outcome);
        StateAnswer other = await AskAsync(deployment with { Attempt = new Attempt(1) }, subtask: 0);
        Assert.Equal((StateOutcome.NotOwner, "attempt 1 of the task does not run on w0"), (other.Outcome, other.Text));
        _harness.Tell(new CancelTasks(deployment.Job, deployment.Attempt));
        Assert.Equal(StateOutcome.NotOwner, (await AskAsync(deployment, subtask: 0)).Outcome);
    }

    [Fact]
    public async Task A_worker_that_has_stopped_answers_too()
    {
        _harness.Worker.Stop();
        _harness.Executor.RunUntilIdle();
        Assert.Equal("the worker has stopped", (await AskAsync(_harness.Deployment(), subtask: 0)).Text);
    }

    private async Task<StateAnswer> AskAsync(DeployTasks deployment, int subtask)
    {
        JobGraph graph = AgentHarness.GraphOf(AgentHarness.Define, 2);
        TaskId task = new(deployment.Job, graph.Vertices[0].Id, subtask);
        Task<StateAnswer> answer = _harness.Worker.ReadStateAsync(new StateQuery(task, deployment.Attempt, new OperatorId(1), new KeyGroup(0), "1"));
        _harness.Executor.RunUntilIdle();
        Assert.True(answer.IsCompleted);
        return await answer;
    }
}
