using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Coordinator;
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
    [InlineData(1, "EXACTLY_ONCE")]
    [InlineData(4, "EXACTLY_ONCE")]
    public async Task A_job_that_fails_goes_on_from_its_last_checkpoint_with_the_results_of_one_that_never_failed(int parallelism, string mode)
    {
        PausingSource source = new(Rows, Pause);
        MemorySink<string> sink = new();
        await using ServiceProvider services = Start();
        JobHandle job = await services.GetRequiredService<LocalCluster>().SubmitAsync(
            Counts(source, sink, failAt: Fatal), Submission(parallelism, mode), CancellationToken.None);

        // The first of the two may have begun before the last rows.
        await Wait.UntilAsync("the rows before the pause", () => source.Emitted == Pause);
        long completed = job.Checkpoints.Completed;
        await Wait.UntilAsync("two more checkpoints", () => job.Checkpoints.Completed >= completed + 2);
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

    private static ServiceProvider Start() => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddQueryStreamLocalCluster()
        .BuildServiceProvider();

    private static string[] Expected() => [.. Enumerable.Range(0, Rows)
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

    private LocalSubmission Submission(int parallelism, string mode) => new(JobSettings.None, parallelism)
    {
        Options = ExecutionOptions.Parse(new Dictionary<string, string>
        {
            ["execution.checkpointing.dir"] = new Uri(_folder.FullName).AbsoluteUri,
            ["execution.checkpointing.interval"] = "20ms",
            ["execution.checkpointing.mode"] = mode,
            ["restart-strategy.type"] = "fixed-delay",
            ["restart-strategy.fixed-delay.delay"] = "0s",
        }),
    };
}
