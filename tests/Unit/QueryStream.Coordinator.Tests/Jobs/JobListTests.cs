using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>Finding jobs, and starting one only once.</summary>
public sealed class JobListTests : IDisposable
{
    private readonly CoordinatorHarness _harness = new(workers: 2, slots: 2);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_job_is_found_by_its_id_while_it_runs_and_after()
    {
        JobHandle job = await _harness.RunningAsync();
        Assert.Same(job, _harness.Coordinator.Find(job.Id));
        Assert.Equal([job], _harness.Coordinator.Overview().Jobs);
        Assert.Null(_harness.Coordinator.Find(new JobId(1)));

        _harness.ReportAll(job, ExecutionState.Finished);

        ClusterOverview overview = _harness.Coordinator.Overview();
        Assert.Same(job, _harness.Coordinator.Find(job.Id));
        Assert.Empty(overview.Jobs);
        Assert.Equal([job], overview.EndedJobs);
        Assert.Equal(1, overview.Ended[JobStatus.Finished]);
        Assert.Equal(job.Reached[JobStatus.Finished], job.EndedAt);
        Assert.Equal(
            [JobStatus.Initializing, JobStatus.Created, JobStatus.Running, JobStatus.Finished],
            job.Reached.OrderBy(reached => reached.Key).Select(reached => reached.Key));
    }

    [Fact]
    public async Task The_last_ended_jobs_are_kept_and_refused_ones_are_not()
    {
        for (int number = 0; number < ClusterOverview.MaxEndedJobs + 2; number++)
        {
            JobHandle job = await _harness.RunningAsync();
            _harness.ReportAll(job, ExecutionState.Finished);
        }

        await Assert.ThrowsAsync<NotEnoughSlotsException>(() => _harness.SubmitAsync(parallelism: 5));

        ClusterOverview overview = _harness.Coordinator.Overview();
        Assert.Equal(ClusterOverview.MaxEndedJobs, overview.EndedJobs.Count);
        Assert.Equal(ClusterOverview.MaxEndedJobs + 2, overview.Ended[JobStatus.Finished]);
        Assert.False(overview.Ended.ContainsKey(JobStatus.Failed));
    }

    [Fact]
    public async Task A_name_given_at_the_submission_replaces_that_of_the_job()
    {
        JobHandle job = await _harness.SubmitAsync(Named("Đơn hàng"));

        Assert.Equal(("Đơn hàng", "Đơn hàng"), (job.Name, job.Graph!.Name));
        Assert.Equal(_harness.SentTo<DeployTasks>(0).Single().Plan.Fingerprint, job.Graph.Fingerprint);
    }

    [Fact]
    public async Task Of_submissions_of_one_name_the_first_starts_the_job_and_the_others_get_it()
    {
        _harness.Jobs.Close();
        Task<(JobHandle Job, bool IsNew)>[] submissions =
            [.. Enumerable.Range(0, 3).Select(_ => _harness.Coordinator.SubmitIfAbsentAsync(Named("once"), default))];
        _harness.Executor.RunUntilIdle();
        Assert.All(submissions, submission => Assert.False(submission.IsCompleted));
        await _harness.Jobs.OpenAsync(_harness.Executor);

        (JobHandle Job, bool IsNew)[] results = await Task.WhenAll(submissions);

        Assert.Equal([true, false, false], results.Select(result => result.IsNew));
        Assert.Single(results.Select(result => result.Job).Distinct());
    }

    [Fact]
    public async Task Who_finds_a_job_that_is_refused_later_is_refused_too()
    {
        _harness.Jobs.Close();
        JobSubmission tooLarge = Named("once") with { Parallelism = 5 };
        Task<(JobHandle Job, bool IsNew)> first = _harness.Coordinator.SubmitIfAbsentAsync(tooLarge, default);
        Task<(JobHandle Job, bool IsNew)> second = _harness.Coordinator.SubmitIfAbsentAsync(tooLarge, default);
        _harness.Executor.RunUntilIdle();
        await _harness.Jobs.OpenAsync(_harness.Executor);

        await Assert.ThrowsAsync<NotEnoughSlotsException>(() => first);
        await Assert.ThrowsAsync<NotEnoughSlotsException>(() => second);
    }

    [Fact]
    public async Task A_job_that_is_being_cancelled_makes_room_for_another_one_of_its_name()
    {
        Task<(JobHandle Job, bool IsNew)> submitted = _harness.Coordinator.SubmitIfAbsentAsync(Named("once"), default);
        _harness.Executor.RunUntilIdle();
        (JobHandle job, _) = await submitted;
        _harness.Cancel(job);
        Assert.Equal(JobStatus.Cancelling, job.Status);

        submitted = _harness.Coordinator.SubmitIfAbsentAsync(Named("once"), default);
        _harness.Executor.RunUntilIdle();

        Assert.True((await submitted).IsNew);
    }

    [Fact]
    public async Task Without_a_name_a_job_cannot_be_started_once() =>
        await Assert.ThrowsAsync<SettingException>(() => _harness.Coordinator.SubmitIfAbsentAsync(
            new JobSubmission(_harness.Reference, JobSettings.None, 1), default));

    private JobSubmission Named(string name) => new(_harness.Reference, JobSettings.None, 2) { Name = name };
}
