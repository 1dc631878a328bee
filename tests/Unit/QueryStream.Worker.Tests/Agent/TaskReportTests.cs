using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

public sealed class TaskReportTests : IDisposable
{
    private readonly AgentHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void The_last_counts_of_a_task_come_before_its_end()
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;
        _harness.Tasks.Read(task, 42);

        _harness.Tasks.Finish(task);
        _harness.Executor.RunUntilIdle();

        MetricsReport metrics = Assert.IsType<MetricsReport>(_harness.Link.Sent[^2]);
        Assert.Equal((task, 42), (metrics.Tasks[0].Task, metrics.Tasks[0].RecordsRead));
        Assert.Equal(new TaskReport(task, default, ExecutionState.Finished), _harness.Link.Sent[^1]);
    }

    [Fact]
    public void Running_tasks_report_their_counts_once_a_second_and_ended_ones_no_more()
    {
        _harness.DeployAndRun();
        _harness.Executor.Advance(TimeSpan.FromSeconds(3.5));
        Assert.Equal(3, _harness.Link.Sent.OfType<MetricsReport>().Count());
        Assert.All(_harness.Link.Sent.OfType<MetricsReport>(), report => Assert.Equal(2, report.Tasks.Count));

        _harness.Tell(new CancelTasks(AgentHarness.Job, default));
        int sent = _harness.Link.Sent.Count;
        _harness.Executor.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(sent, _harness.Link.Sent.Count);
        Assert.Equal(0, _harness.Executor.Clock.Timers);
    }

    [Fact]
    public void An_acknowledgement_is_reported_by_its_age()
    {
        _harness.DeployAndRun();
        TaskId task = _harness.Tasks.Started[0].Id;
        _harness.Executor.Advance(TimeSpan.FromSeconds(0.25));
        _harness.Tasks.Acknowledge(task, 3, _harness.Executor.Time);
        _harness.Executor.Advance(TimeSpan.FromSeconds(0.75));

        TaskSample sample = _harness.Link.Sent.OfType<MetricsReport>().Single().Tasks.Single(sample => sample.Task == task);

        Assert.Equal((3, TimeSpan.FromSeconds(0.75)), (sample.Acknowledged, sample.SinceAcknowledgement));
    }

    [Fact]
    public void A_failure_names_the_operator_and_what_was_thrown()
    {
        _harness.DeployAndRun();

        _harness.Tasks.Fail(_harness.Tasks.Started[0].Id, new ServiceUnavailableException("Redis", "h:1", "gone"));
        _harness.Executor.RunUntilIdle();

        TaskFailure failure = Assert.Single(_harness.Reports(ExecutionState.Failed)).Failure!;
        Assert.Equal("Source: numbers", failure.OperatorName);
        Assert.IsType<ServiceUnavailableException>(failure.Cause.ToException());
        Assert.Equal(1, _harness.Tasks.Alive);
    }

    [Fact]
    public void Each_task_is_reported_to_be_cancelled_before_and_after_it_runs()
    {
        _harness.Tell(_harness.Deployment());
        _harness.Tell(new CancelTasks(AgentHarness.Job, default));
        Assert.Equal(2, _harness.Reports(ExecutionState.Canceled).Count);

        _harness.DeployAndRun(attempt: 1);
        _harness.Tell(new CancelTasks(AgentHarness.Job, new Attempt(1)));
        Assert.Equal(4, _harness.Reports(ExecutionState.Canceled).Count);
    }

    [Fact]
    public async Task Tasks_that_are_cancelled_while_their_graph_is_built_never_start()
    {
        _harness.Jobs.Close();
        _harness.Tell(_harness.Deployment());

        _harness.Tell(new CancelTasks(AgentHarness.Job, default));
        await _harness.Jobs.OpenAsync(_harness.Executor);

        Assert.Empty(_harness.Tasks.Started);
        Assert.Equal(2, _harness.Reports(ExecutionState.Canceled).Count);
        Assert.Empty(_harness.Link.Sent.OfType<TasksDeployed>());
    }

    [Fact]
    public void Tasks_go_on_without_a_connection_and_are_named_when_it_is_back()
    {
        _harness.DeployAndRun();

        _harness.Disconnect();
        Assert.Equal(2, _harness.Tasks.Alive);
        _harness.Connect();

        HeldTasks held = Assert.Single(Assert.IsType<RegisterWorker>(Assert.Single(_harness.Link.Sent)).Held);
        DeployTasks deployment = _harness.Deployment();
        Assert.Equal((AgentHarness.Job, default(Attempt)), (held.Job, held.Attempt));
        Assert.Equal((deployment.Plan.Parallelism, deployment.Plan.Fingerprint), (held.Parallelism, held.Fingerprint));
        Assert.Equal([ExecutionState.Running, ExecutionState.Running], held.Tasks.Select(task => task.State));
    }

    [Fact]
    public void What_happens_between_the_registration_and_its_answer_is_reported_after_it()
    {
        _harness.DeployAndRun();
        _harness.Disconnect();
        RecordingLink<CoordinatorMessage> next = new();
        _harness.Worker.Connected(next);
        _harness.Executor.RunUntilIdle();

        _harness.Tasks.Fail(_harness.Tasks.Started[0].Id, new FormatException("bad row"));
        _harness.Executor.RunUntilIdle();
        Assert.IsType<RegisterWorker>(Assert.Single(next.Sent));
        _harness.Worker.Receive(next, new WorkerRegistered(new Epoch(2)));
        _harness.Executor.RunUntilIdle();

        Assert.Equal(ExecutionState.Failed, Assert.IsType<TaskReport>(next.Sent[^1]).State);
        Assert.Equal(2, next.Sent.Count);
    }

    [Fact]
    public void Messages_on_an_old_connection_are_ignored()
    {
        RecordingLink<CoordinatorMessage> old = _harness.Link;
        _harness.Connect();

        _harness.Worker.Receive(old, _harness.Deployment());
        _harness.Worker.Disconnected(old);
        _harness.Executor.RunUntilIdle();

        Assert.Empty(_harness.Tasks.Started);
        _harness.Tell(_harness.Deployment());
        Assert.Equal(2, _harness.Tasks.Started.Count);
    }

    [Fact]
    public void A_worker_that_stops_ends_its_tasks_first_and_then_its_connection()
    {
        _harness.DeployAndRun();

        _harness.Worker.Stop();
        _harness.Executor.RunUntilIdle();

        Assert.Equal(0, _harness.Tasks.Alive);
        Assert.Equal(2, _harness.Reports(ExecutionState.Canceled).Count);
        Assert.True(_harness.Link.IsClosed);
        Assert.True(_harness.Worker.Stopped.IsCompleted);
    }

    [Fact]
    public async Task A_stopping_worker_refuses_deployments()
    {
        _harness.Jobs.Close();
        _harness.Tell(_harness.Deployment());
        _harness.Worker.Stop();
        _harness.Executor.RunUntilIdle();

        _harness.Tell(_harness.Deployment(job: new JobId(8), slot: 1));

        Assert.Contains("is stopping", Assert.IsType<DeploymentRefused>(_harness.Link.Sent[^1]).Error.Message, StringComparison.Ordinal);
        await _harness.Jobs.OpenAsync(_harness.Executor);
    }
}
