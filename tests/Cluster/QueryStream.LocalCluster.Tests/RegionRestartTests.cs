using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Local.Tests;

/// <summary>Two independent pipelines in one job, on real threads: one of them throws.</summary>
public sealed class RegionRestartTests : IDisposable
{
    private const int Rows = 8_000;
    private const int FirstPause = 3_000;
    private const int SecondPause = 6_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-regions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("20ms")]
    [InlineData("1h")]
    public async Task The_pipeline_that_did_not_throw_keeps_its_attempt_and_appends_each_row_once(string interval)
    {
        Pipelines job = new(hasTransactions: false);
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle handle = await services.GetRequiredService<LocalCluster>().SubmitAsync(job.Job, Submission(interval), CancellationToken.None);
        await Wait.ForAsync("the job to run", handle.Running);
        await Wait.UntilAsync("rows up to the pause", () => job.Failing.Emitted == FirstPause && job.Steady.Emitted == FirstPause);
        TaskInfo[] before = TasksOf(handle, failing: false);

        // With the long interval there is no checkpoint, so a restart of all would repeat what the steady pipeline has appended.
        job.Failing.Fail(new FormatException("once"));
        job.Steady.GoOn(SecondPause);
        await Wait.UntilAsync("the restart", () => handle is { Restarts: 1, Status: JobStatus.Running });
        await Wait.UntilAsync("rows up to the next pause", () => job.Steady.Emitted == SecondPause);

        Assert.Equal(before, TasksOf(handle, failing: false));
        Assert.All(before, task => Assert.Equal((ExecutionState.Running, new Attempt(1)), (task.State, task.Attempt)));
        Assert.All(TasksOf(handle, failing: true), task => Assert.Equal((ExecutionState.Running, new Attempt(2)), (task.State, task.Attempt)));
        job.Failing.GoOn();
        job.Steady.GoOn();
        JobResult result = await handle.Completion;

        Assert.Equal((JobStatus.Finished, null, 1), (result.Status, result.Failure, result.Restarts));
        Assert.Equal(Rows, job.Steady.Emitted);
        Assert.Empty(job.Steady.RestoredAt);
        Assert.Equal(Enumerable.Range(0, Rows), job.SteadyRows.Rows.Order());
        Assert.Equal(Enumerable.Range(0, Rows), job.FailingRows.Rows.Distinct().Order());
    }

    [Fact]
    public async Task The_transactions_of_both_pipelines_are_committed_once()
    {
        Pipelines job = new(hasTransactions: true);
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle handle = await services.GetRequiredService<LocalCluster>().SubmitAsync(job.Job, Submission("20ms"), CancellationToken.None);
        await Wait.UntilAsync("rows up to the pause", () => job.Failing.Emitted == FirstPause && job.Steady.Emitted == FirstPause);
        await Wait.UntilAsync("a checkpoint", () => handle.Checkpoints.Completed > 0);
        job.Failing.Fail(new FormatException("once"));
        job.Failing.GoOn();
        job.Steady.GoOn();

        JobResult result = await handle.Completion;

        Assert.Equal((JobStatus.Finished, 1), (result.Status, result.Restarts));
        Assert.Equal(Enumerable.Range(0, Rows), job.FailingTransactions.Visible.Order());
        Assert.Equal(Enumerable.Range(0, Rows), job.SteadyTransactions.Visible.Order());
    }

    private static TaskInfo[] TasksOf(JobHandle job, bool failing) =>
        [.. job.Tasks.Where(task => task.Name.Contains("failing", StringComparison.Ordinal) == failing)];

    private LocalSubmission Submission(string interval) => new(JobSettings.None, 2)
    {
        Options = ExecutionOptions.Parse(new Dictionary<string, string>
        {
            ["execution.checkpointing.dir"] = new Uri(_folder.FullName).AbsoluteUri,
            ["execution.checkpointing.interval"] = interval,
            ["restart-strategy.type"] = "fixed-delay",
            ["restart-strategy.fixed-delay.delay"] = "0s",
        }),
    };

    private sealed class Pipelines(bool hasTransactions)
    {
        public PausingSource Failing { get; } = new(Rows, FirstPause);

        public PausingSource Steady { get; } = new(Rows, FirstPause);

        public MemorySink<int> FailingRows { get; } = new();

        public MemorySink<int> SteadyRows { get; } = new();

        public TransactionalSink<int> FailingTransactions { get; } = new();

        public TransactionalSink<int> SteadyTransactions { get; } = new();

        public LambdaJob Job => new("pipelines", job =>
        {
            Define(job, "failing", Failing, FailingRows, FailingTransactions);
            Define(job, "steady", Steady, SteadyRows, SteadyTransactions);
        });

        private void Define(
            StreamBuilder job, string name, PausingSource source, MemorySink<int> rows, TransactionalSink<int> transactions)
        {
            Stream<int> numbers = job.Source(name, source).Rebalance().Map(number => number);
            numbers.To($"{name} rows", rows);
            if (hasTransactions)
            {
                numbers.To($"{name} transactions", transactions);
            }
        }
    }
}
