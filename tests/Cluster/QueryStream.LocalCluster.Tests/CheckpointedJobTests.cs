using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

/// <summary>Real tasks on real threads, which store their state in a directory.</summary>
public sealed class CheckpointedJobTests : IDisposable
{
    private const int Rows = 8_000;
    private const int Pause = 5_000;
    private const int Fatal = 7_001;
    private const int Keys = 7;
    private const int WindowSize = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-checkpoints-");
    private int _failures;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_job_that_fails_goes_on_from_its_last_checkpoint_with_the_results_of_one_that_never_failed(int parallelism)
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await SubmitAsync(services, Counts(source, sink, failAt: Fatal), Submission(parallelism));
        await CheckpointAsync(job, source);
        source.GoOn();
        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.Equal((1, 1), (result.Restarts, _failures));
        Assert.Contains("chk-", job.Checkpoints.RestoredFrom, StringComparison.Ordinal);
        Assert.Equal(4, source.RestoredAt.Count);
        Assert.All(source.RestoredAt, number => Assert.InRange(number, Pause, Rows));

        // A window that fired after the checkpoint has fired again, with the same count.
        Assert.Equal(Expected(), sink.Rows.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_may_process_rows_twice_loses_none()
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await SubmitAsync(services, Counts(source, sink, failAt: Fatal), Submission(4, mode: "AT_LEAST_ONCE"));
        await CheckpointAsync(job, source);
        source.GoOn();
        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, 1), (result.Status, result.Restarts));
        Dictionary<string, long> counts = sink.Rows.Select(row => row.Split(": ")).GroupBy(row => row[0])
            .ToDictionary(rows => rows.Key, rows => rows.Max(row => long.Parse(row[1], CultureInfo.InvariantCulture)));
        Assert.All(Expected().Select(row => row.Split(": ")), row =>
            Assert.InRange(counts[row[0]], long.Parse(row[1], CultureInfo.InvariantCulture), WindowSize));
        Assert.Equal(Expected().Length, counts.Count);
    }

    [Fact]
    public async Task State_that_has_not_changed_is_not_stored_again_not_even_after_a_restart()
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await SubmitAsync(services, Counts(source, sink, failAt: -1), Submission(2));

        await CheckpointAsync(job, source);
        await CheckpointAsync(job, source);
        CheckpointManifest first = await LastAsync(services, job);
        Assert.NotEmpty(first.Chunks);
        Assert.All(first.Chunks, chunk => Assert.True(chunk.Segment.Checkpoint.Number < first.Id.Number, $"{chunk.Segment} of {first.Id}"));

        source.Fail(new FormatException("once"));
        await Wait.UntilAsync("the restart", () => job is { Restarts: 1, Status: JobStatus.Running });
        await CheckpointAsync(job, source);
        CheckpointManifest second = await LastAsync(services, job);
        Assert.Equal(
            first.Chunks.Select(chunk => chunk.Checksum).Order(), second.Chunks.Select(chunk => chunk.Checksum).Order());
        Assert.All(second.Chunks, chunk => Assert.Equal(new Attempt(0), chunk.Segment.Attempt));

        source.GoOn();
        Assert.Equal(JobStatus.Finished, (await job.Completion).Status);
        Assert.Equal(Expected(), sink.Rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    public async Task A_job_that_stops_with_a_savepoint_and_one_that_starts_from_it_have_the_results_of_one_that_never_stopped(int before, int after)
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await SubmitAsync(services, Counts(source, sink, failAt: -1), Submission(before));
        await Wait.ForAsync("the job to run", job.Running);
        await Wait.UntilAsync("the rows before the pause", () => source.Emitted == Pause);

        string savepoint = await job.StopWithSavepointAsync(new Uri(Path.Combine(_folder.FullName, "savepoints")).AbsoluteUri);
        JobResult stopped = await job.Completion;
        Assert.Equal((JobStatus.Finished, null, 0), (stopped.Status, stopped.Failure, stopped.Restarts));
        source.GoOn();
        Assert.Equal(Pause, source.Emitted);

        JobHandle next = await SubmitAsync(services, Counts(source, sink, failAt: -1), Submission(after) with { Restore = savepoint });
        Assert.Equal(JobStatus.Finished, (await next.Completion).Status);
        Assert.Equal(Rows, source.Emitted);
        Assert.Equal(Expected(), sink.Rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_drains_has_fired_all_windows_when_it_ends()
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await SubmitAsync(services, Counts(source, sink, failAt: -1), Submission(3));
        await Wait.ForAsync("the job to run", job.Running);
        await Wait.UntilAsync("the rows before the pause", () => source.Emitted == Pause);

        await job.StopWithSavepointAsync(new Uri(Path.Combine(_folder.FullName, "savepoints")).AbsoluteUri, drain: true);

        Assert.Equal((JobStatus.Finished, null), ((await job.Completion).Status, (await job.Completion).Failure));
        Assert.Equal(Expected(Pause), sink.Rows.Order(StringComparer.Ordinal));
    }

    // Two, since the first may have begun before the last rows.
    private static async Task CheckpointAsync(JobHandle job, PausingSource source)
    {
        await Wait.UntilAsync("the rows before the pause", () => source.Emitted == Pause);
        long completed = job.Checkpoints.Completed;
        await Wait.UntilAsync("two more checkpoints", () => job.Checkpoints.Completed >= completed + 2);
    }

    private static Task<JobHandle> SubmitAsync(ServiceProvider services, IStreamJob job, LocalSubmission submission) =>
        services.GetRequiredService<LocalCluster>().SubmitAsync(job, submission, CancellationToken.None);

    private static string[] Expected(int rows = Rows) => [.. Enumerable.Range(0, rows)
        .GroupBy(number => (Key: number % Keys, Window: number / WindowSize))
        .Select(window => Text(window.Key.Key, window.Key.Window * WindowSize, window.Count()))
        .Order(StringComparer.Ordinal)];

    private static string Text(int key, long start, long count) => FormattableString.Invariant($"{key} at {start}: {count}");

    private LambdaJob Counts(PausingSource source, MemorySink<string> sink, int failAt) => new("counts", job => job
        .Source("numbers", source)
        .Watermarks(new WatermarkStrategy<int>())
        .Map(number => number == failAt && Interlocked.Exchange(ref _failures, 1) == 0 ? throw new FormatException("once") : number)
        .KeyBy(number => number % Keys)
        .Window(Tumbling.Of(TimeSpan.FromMilliseconds(WindowSize))).Named("counts").Aggregate(all => all.Count())
        .Map(result => Text(result.Key, result.Window.Start.Milliseconds, result.Value))
        .To("results", sink));

    private string Address => new Uri(_folder.FullName).AbsoluteUri;

    private async Task<CheckpointManifest> LastAsync(ServiceProvider services, JobHandle job) =>
        await services.GetRequiredService<CheckpointStorages>().Get(Address).ReadAsync(
            new StoredCheckpoint(job.Id, job.Checkpoints.LastCompleted!.Id), CancellationToken.None);

    private LocalSubmission Submission(int parallelism, string mode = "EXACTLY_ONCE") => new(JobSettings.None, parallelism)
    {
        Options = ExecutionOptions.Parse(new Dictionary<string, string>
        {
            ["execution.checkpointing.dir"] = Address,
            ["execution.checkpointing.num-retained"] = "1000",
            ["execution.checkpointing.interval"] = "20ms",
            ["execution.checkpointing.mode"] = mode,
            ["restart-strategy.type"] = "fixed-delay",
            ["restart-strategy.fixed-delay.delay"] = "0s",
        }),
    };
}
