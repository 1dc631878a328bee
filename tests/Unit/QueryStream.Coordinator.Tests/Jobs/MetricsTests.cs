using QueryStream.Core.Time;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Tests.Jobs;

public sealed class MetricsTests : IDisposable
{
    private readonly CoordinatorHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Reports_of_tasks_are_summed_and_a_later_report_replaces_an_earlier_one()
    {
        JobHandle job = await _harness.RunningAsync();
        Report(job, 0, new TaskSample(job.Tasks[0].Task) { RecordsRead = 1, Acknowledged = 1 });

        Report(job, 0, new TaskSample(job.Tasks[0].Task)
        {
            RecordsRead = 10,
            Acknowledged = 3,
            LateDropped = 1,
            Counters = [new NamedCount("a", 1), new NamedCount("b", 2)],
            DeadLetters = [new NamedCount("malformed-json", 4)],
        });
        Report(job, 1, new TaskSample(job.Tasks[1].Task)
        {
            RecordsRead = 5,
            Acknowledged = 2,
            LateDropped = 2,
            Counters = [new NamedCount("a", 7)],
            DeadLetters = [new NamedCount("malformed-json", 1), new NamedCount("null-value", 1)],
        });

        JobMetrics metrics = job.Metrics();
        Assert.Equal((15, 5, 3), (metrics.RecordsRead, metrics.Acknowledged, metrics.LateDropped));
        Assert.Equal([("a", 8), ("b", 2)], metrics.Counters.Select(counter => (counter.Key, counter.Value)));
        Assert.Equal([("malformed-json", 5), ("null-value", 1)], metrics.DeadLetters.Select(reason => (reason.Key, reason.Value)));
    }

    [Fact]
    public async Task The_watermark_is_the_lowest_of_the_running_tasks_that_have_one()
    {
        JobHandle job = await _harness.RunningAsync();
        Assert.Equal(EventTime.MinValue, job.Metrics().Watermark);

        Report(
            job,
            0,
            new TaskSample(job.Tasks[0].Task) { Watermark = new EventTime(300) },
            new TaskSample(job.Tasks[1].Task) { Watermark = new EventTime(200) });
        Report(job, 1, new TaskSample(job.Tasks[2].Task) { Watermark = EventTime.MinValue });
        Assert.Equal(new EventTime(200), job.Metrics().Watermark);

        _harness.Report(job.Tasks[1], ExecutionState.Finished);
        Assert.Equal(new EventTime(300), job.Metrics().Watermark);
    }

    [Fact]
    public async Task A_job_has_been_running_since_its_first_task_ran_until_its_last_one_ended()
    {
        JobHandle job = await _harness.InitializingAsync();
        _harness.Executor.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, job.Metrics().RunningFor);

        _harness.Report(job.Tasks[0], ExecutionState.Running);
        _harness.Executor.Advance(TimeSpan.FromSeconds(2));
        _harness.ReportAll(job, ExecutionState.Running);
        _harness.Executor.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(3), job.Metrics().RunningFor);

        _harness.ReportAll(job, ExecutionState.Finished);
        _harness.Executor.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(3), job.Metrics().RunningFor);
        Assert.Equal(TimeSpan.FromSeconds(3), (await job.Completion).Metrics.RunningFor);
    }

    [Fact]
    public async Task The_last_acknowledgement_is_that_of_the_task_that_was_last_acknowledged()
    {
        JobHandle job = await _harness.RunningAsync();
        Assert.Null(job.Metrics().TimeToLastAcknowledgement);
        _harness.Executor.Advance(TimeSpan.FromSeconds(10));

        Report(job, 0, new TaskSample(job.Tasks[0].Task) { SinceAcknowledgement = TimeSpan.FromSeconds(4) });
        Report(job, 0, new TaskSample(job.Tasks[1].Task) { SinceAcknowledgement = TimeSpan.FromSeconds(3) });
        Report(job, 1, new TaskSample(job.Tasks[2].Task));

        Assert.Equal(TimeSpan.FromSeconds(7), job.Metrics().TimeToLastAcknowledgement);
    }

    [Fact]
    public async Task Reports_after_the_end_of_a_task_are_ignored()
    {
        JobHandle job = await _harness.RunningAsync();
        Report(job, 0, new TaskSample(job.Tasks[0].Task) { RecordsRead = 10 });
        _harness.Report(job.Tasks[0], ExecutionState.Finished);

        Report(job, 0, new TaskSample(job.Tasks[0].Task) { RecordsRead = 9 });

        Assert.Equal(10, job.Metrics().RecordsRead);
    }

    [Fact]
    public async Task Rates_are_those_of_the_last_seconds_by_the_clock_of_the_worker()
    {
        JobHandle job = await _harness.RunningAsync();
        for (int second = 0; second <= 10; second++)
        {
            // 100 records a second for five seconds, then 300.
            Report(job, 0, new TaskSample(job.Tasks[0].Task)
            {
                RecordsRead = (Math.Min(second, 5) * 100) + (Math.Max(0, second - 5) * 300),
                BytesOut = second * 1000,
                Idle = TimeSpan.FromSeconds(second * 0.2),
                Busy = TimeSpan.FromSeconds(second * 0.2),
                BackPressured = TimeSpan.FromSeconds(second * 0.6),
            });
            if (second == 0)
            {
                Assert.Null(job.Tasks[0].Figures!.Rates);
            }
        }

        TaskRates rates = job.Tasks[0].Figures!.Rates!;

        Assert.Equal((300, 0, 1000), (rates.RecordsIn, rates.RecordsOut, rates.BytesOut));
        Assert.Equal((0.2, 0.2, 0.6), (Math.Round(rates.Idle, 9), Math.Round(rates.Busy, 9), Math.Round(rates.BackPressured, 9)));
        Assert.Equal(BackPressureLevel.High, rates.BackPressure);
    }

    [Fact]
    public async Task A_task_has_a_time_for_each_state_that_it_has_come_to_and_none_for_others()
    {
        JobHandle job = await _harness.RunningAsync();

        Assert.Equal(
            [ExecutionState.Created, ExecutionState.Scheduled, ExecutionState.Deploying, ExecutionState.Initializing, ExecutionState.Running],
            job.Tasks[0].Reached.Keys.Order());
        Assert.Null(job.Tasks[0].EndedAt);
        Assert.Null(job.Tasks[0].Figures);

        _harness.Executor.Advance(TimeSpan.FromSeconds(3));
        _harness.Report(job.Tasks[0], ExecutionState.Finished);
        Assert.Equal(TimeSpan.FromSeconds(3), job.Tasks[0].EndedAt - job.Tasks[0].DeployedAt);
    }

    private void Report(JobHandle job, int worker, params TaskSample[] samples) => _harness.Tell(worker, new MetricsReport(job.Id, default, samples));
}
