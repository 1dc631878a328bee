using QueryStream.Coordinator.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

public sealed class LifeCycleTests
{
    private static readonly (JobStatus From, JobStatus To)[] LegalForJobs =
    [
        (JobStatus.Initializing, JobStatus.Created),
        (JobStatus.Initializing, JobStatus.Finished),
        (JobStatus.Initializing, JobStatus.Canceled),
        (JobStatus.Initializing, JobStatus.Failed),
        (JobStatus.Created, JobStatus.Running),
        (JobStatus.Created, JobStatus.Cancelling),
        (JobStatus.Created, JobStatus.Failing),
        (JobStatus.Created, JobStatus.Restarting),
        (JobStatus.Running, JobStatus.Restarting),
        (JobStatus.Restarting, JobStatus.Running),
        (JobStatus.Restarting, JobStatus.Cancelling),
        (JobStatus.Restarting, JobStatus.Failing),
        (JobStatus.Running, JobStatus.Finished),
        (JobStatus.Running, JobStatus.Cancelling),
        (JobStatus.Running, JobStatus.Failing),
        (JobStatus.Cancelling, JobStatus.Canceled),
        (JobStatus.Failing, JobStatus.Failed),
    ];

    [Fact]
    public void A_job_makes_these_moves_and_no_others()
    {
        IEnumerable<(JobStatus, JobStatus)> legal =
            from before in Enum.GetValues<JobStatus>()
            from after in Enum.GetValues<JobStatus>()
            where JobLifeCycle.IsLegal(before, after)
            select (before, after);

        Assert.Equal(LegalForJobs.Order(), legal.Order());
    }

    [Fact]
    public void No_move_leads_out_of_the_end_of_a_job_and_every_other_status_has_one()
    {
        foreach (JobStatus status in Enum.GetValues<JobStatus>())
        {
            Assert.Equal(!JobLifeCycle.IsTerminal(status), Enum.GetValues<JobStatus>().Any(next => JobLifeCycle.IsLegal(status, next)));
        }
    }

    [Fact]
    public void No_move_leads_out_of_the_end_of_a_task_and_every_other_state_leads_to_one()
    {
        foreach (ExecutionState state in Enum.GetValues<ExecutionState>())
        {
            Assert.Equal(!TaskLifeCycle.IsTerminal(state), Enum.GetValues<ExecutionState>().Any(next => TaskLifeCycle.IsLegal(state, next)));
            Assert.Equal(!TaskLifeCycle.IsTerminal(state), Ends(state));
        }
    }

    [Theory]
    [InlineData(ExecutionState.Created)]
    [InlineData(ExecutionState.Scheduled)]
    public void A_task_that_no_worker_knows_does_not_wait_for_one_to_cancel_it(ExecutionState state)
    {
        Assert.True(TaskLifeCycle.IsLegal(state, ExecutionState.Canceled));
        Assert.False(TaskLifeCycle.IsLegal(state, ExecutionState.Canceling));
    }

    [Fact]
    public void A_task_never_goes_back()
    {
        foreach (ExecutionState state in Enum.GetValues<ExecutionState>())
        {
            Assert.All(
                Enum.GetValues<ExecutionState>().Where(next => TaskLifeCycle.IsLegal(state, next) && state != ExecutionState.Canceling),
                next => Assert.True(next > state, $"{state} -> {next}"));
        }
    }

    private static bool Ends(ExecutionState state) =>
        Enum.GetValues<ExecutionState>().Any(next => TaskLifeCycle.IsLegal(state, next) && TaskLifeCycle.IsTerminal(next));
}
