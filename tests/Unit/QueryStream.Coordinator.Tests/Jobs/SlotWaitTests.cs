using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Jobs that need more slots than are free, in a cluster where they may wait.</summary>
public sealed class SlotWaitTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly CoordinatorHarness _harness = new(workers: 1, options: new CoordinatorOptions { SlotRequestTimeout = Timeout });

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_job_is_accepted_says_what_it_waits_for_and_is_deployed_when_a_worker_comes()
    {
        JobHandle job = await _harness.SubmitAsync(parallelism: 2);
        Assert.Equal(JobStatus.Created, job.Status);
        Assert.StartsWith("The job needs 2 slots, but 1 is free on 1 worker.", job.WaitsFor, StringComparison.Ordinal);
        Assert.Empty(_harness.Links[0].Sent.OfType<DeployTasks>());

        _harness.Register(1, slots: 1);
        _harness.Executor.RunUntilIdle();
        Assert.Null(job.WaitsFor);
        Assert.All(_harness.Links, link => Assert.Single(link.Sent.OfType<DeployTasks>()));
    }

    [Fact]
    public async Task It_fails_when_it_has_waited_long_enough()
    {
        JobHandle job = await _harness.SubmitAsync(parallelism: 2);
        _harness.Executor.Advance(Timeout);
        _harness.Executor.RunUntilIdle();

        Assert.IsType<NotEnoughSlotsException>((await job.Completion).Failure);
        _harness.Register(1, slots: 1);
        _harness.Executor.RunUntilIdle();
        Assert.Empty(_harness.Links[1].Sent.OfType<DeployTasks>());
    }

    [Fact]
    public async Task A_waiting_job_can_be_cancelled()
    {
        JobHandle job = await _harness.SubmitAsync(parallelism: 2);
        _harness.Cancel(job);

        Assert.Equal(JobStatus.Canceled, (await job.Completion).Status);
    }

    [Fact]
    public async Task The_slots_of_a_job_that_has_ended_go_to_the_one_that_waits()
    {
        JobHandle first = await _harness.SubmitAsync(parallelism: 1);
        JobHandle second = await _harness.SubmitAsync(parallelism: 1);
        Assert.NotNull(second.WaitsFor);

        _harness.Cancel(first);
        _harness.ReportAll(first, ExecutionState.Canceled);
        await first.Completion;
        Assert.Null(second.WaitsFor);
    }
}
