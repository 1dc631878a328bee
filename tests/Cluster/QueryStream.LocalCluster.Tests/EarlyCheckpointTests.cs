using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Coordinator;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

/// <summary>A sink with little room for output that no checkpoint has made visible, in a job whose checkpoints are due once an hour.</summary>
public sealed class EarlyCheckpointTests : IDisposable
{
    private const int Rows = 40_000;
    private const int Fatal = 30_001;
    private const int Cap = 64 * 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-early-");
    private readonly InMemoryKafka _kafka = new(TimeProvider.System, NullLoggerFactory.Instance);
    private int _failures;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, true)]
    public async Task Output_of_many_times_the_limit_arrives_exactly_once_by_checkpoints_that_the_sink_asks_for(
        int parallelism, bool isBehindChannels, bool fails)
    {
        _kafka.CreateTopic("results", 2);
        PausingSource source = new(Rows + 1, Rows);
        await using ServiceProvider services = Start();
        JobHandle job = await services.GetRequiredService<LocalCluster>().SubmitAsync(
            Define(source, isBehindChannels, failAt: fails ? Fatal : -1), Submission(parallelism), CancellationToken.None);
        await Wait.ForAsync("the job to run", job.Running);
        await Wait.UntilAsync("all rows", () => job.Restarts == (fails ? 1 : 0) && job.Status == JobStatus.Running && source.IsAtPause);

        await Wait.UntilAsync("a checkpoint", () => job.Checkpoints.Completed > 0);

        await job.StopWithSavepointAsync(new Uri(Path.Combine(_folder.FullName, "savepoints")).AbsoluteUri);
        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.Equal(fails ? 1 : 0, result.Restarts);
        Assert.Equal(Enumerable.Range(0, Rows), (await ReadAsync()).Order());

        // Besides the savepoint, and none by the interval. 10 MB go through the sink: in the task of the source each of 40 batches fills it; behind
        // channels a barrier brings what they hold.
        long early = result.Checkpoints.Completed - 1;
        Assert.InRange(early, isBehindChannels ? 1 : 20, long.MaxValue);
        Assert.InRange(result.Checkpoints.Requested, early, long.MaxValue);
    }

    private static string TextOf(int number) => number.ToString(CultureInfo.InvariantCulture) + new string('.', 250);

    private LambdaJob Define(PausingSource source, bool isBehindChannels, int failAt) => new("numbers", job =>
    {
        Stream<Text> rows = job.Source("numbers", source).Map(number => number == failAt && Interlocked.Exchange(ref _failures, 1) == 0
            ? throw new FormatException("once")
            : Text.From(TextOf(number)));
        KafkaSinkOptions options = new() { Topic = "results", Delivery = DeliveryGuarantee.ExactlyOnce, MaxUncommittedBytes = Cap };
        (isBehindChannels ? rows.Rebalance() : rows).ToKafka("results", options).Text();
    });

    private async Task<IEnumerable<int>> ReadAsync()
    {
        KafkaSourceOptions options = new() { Topic = "results", IsBounded = true };
        await using SourceHarness<Text> source = new(job => job.Kafka<Text>("results", options).Text(), 0, 1, TimeProvider.System, _kafka);
        await source.OpenAsync();
        await source.ReadToEndAsync();
        return [.. source.Rows.Select(row => int.Parse(row.Row.ToString().TrimEnd('.'), CultureInfo.InvariantCulture))];
    }

    private ServiceProvider Start() => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddQueryStreamLocalCluster()
        .AddSingleton<IKafkaClients>(_kafka)
        .BuildServiceProvider();

    private LocalSubmission Submission(int parallelism) => new(JobSettings.None, parallelism)
    {
        Options = ExecutionOptions.Parse(new Dictionary<string, string>
        {
            ["execution.checkpointing.dir"] = new Uri(_folder.FullName).AbsoluteUri,
            ["execution.checkpointing.interval"] = "1h",
            ["restart-strategy.type"] = "fixed-delay",
            ["restart-strategy.fixed-delay.delay"] = "0s",
        }),
    };
}
