using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.LargeState;
using QueryStream.Local;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

// What checkpoints cost a job of many keys: the pauses of its output, how long a checkpoint takes, and how long a restore.
// Arguments: keys, rows a second, and where checkpoints are stored, file:///PATH or redis://HOST:PORT; savepoints are files.
const int Checkpoints = 5;
int keys = args.Length > 0 ? int.Parse(args[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 5_000_000;
int rate = args.Length > 1 ? int.Parse(args[1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 100_000;
TimeSpan limit = TimeSpan.FromMinutes(10);
DirectoryInfo folder = Directory.CreateTempSubdirectory("querystream-large-state-");
string storage = args.Length > 2 ? args[2] : new Uri(Path.Combine(folder.FullName, "checkpoints")).AbsoluteUri;
try
{
    string savepoint;
    await using (ServiceProvider services = Start())
    {
        PauseSink sink = new();
        JobHandle job = await SubmitAsync(services, sink, restore: null);
        await Wait.UntilAsync("the first round", () => sink.Rows >= keys, limit);
        await Wait.UntilAsync("a checkpoint of all keys", () => job.Checkpoints.Completed >= 2, limit);
        Console.WriteLine($"{keys:N0} keys, {rate:N0} rows/s, {Environment.ProcessorCount} cores, {GC.GetTotalMemory(false) >> 20} MiB on the heap");
        using CollectionPauses collections = new();
        sink.TakeLongestPause();
        for (int i = 0; i < Checkpoints; i++)
        {
            long before = job.Checkpoints.Completed;
            await Wait.UntilAsync("a checkpoint", () => job.Checkpoints.InProgress is not null, limit);
            double between = sink.TakeLongestPause().TotalMilliseconds;
            double collectionBetween = collections.TakeLongest().TotalMilliseconds;
            await Wait.UntilAsync("its end", () => job.Checkpoints.Completed > before || job.Completion.IsCompleted, limit);
            double during = sink.TakeLongestPause().TotalMilliseconds;
            double collectionDuring = collections.TakeLongest().TotalMilliseconds;
            CheckpointInfo info = job.Checkpoints.LastCompleted!;
            Console.WriteLine(
                $"checkpoint {info.Id}: {info.Duration.TotalSeconds:F2} s, {info.StateBytes >> 20} MiB, {info.WrittenBytes >> 20} MiB written; "
                + $"longest pause of output {during:F1} ms, before it {between:F1} ms; "
                + $"longest garbage collection {collectionDuring:F1} ms, before it {collectionBetween:F1} ms; "
                + $"synchronous part of a task at most {info.Subtasks.Max(part => part.Times.Sync).TotalMilliseconds:F1} ms");
        }

        savepoint = await job.StopWithSavepointAsync(new Uri(Path.Combine(folder.FullName, "savepoints")).AbsoluteUri);
        await job.Completion;
    }

    await using (ServiceProvider services = Start())
    {
        PauseSink sink = new();
        long start = Stopwatch.GetTimestamp();
        JobHandle job = await SubmitAsync(services, sink, savepoint);
        await Wait.UntilAsync("output", () => sink.Rows > 0 || job.Completion.IsCompleted, limit);
        Console.WriteLine($"restore: {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s from submission to the first output");
        await Wait.UntilAsync("more output", () => sink.Rows > rate || job.Completion.IsCompleted, limit);
        if (sink.FirstCounts > 0 || job.Completion.IsCompleted)
        {
            Console.WriteLine($"{sink.FirstCounts} counts began anew; the job is {job.Status}");
            return 1;
        }

        await job.CancelAsync();
        return 0;
    }
}
finally
{
    folder.Delete(recursive: true);
}

static ServiceProvider Start() => new ServiceCollection()
    .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
    .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
    .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
    .AddQueryStreamLocalCluster()
    .AddQueryStreamRedis()
    .BuildServiceProvider();

Task<JobHandle> SubmitAsync(ServiceProvider services, PauseSink sink, string? restore)
{
    LambdaJob job = new("large-state", builder => builder.Source("keys", new KeySource(keys, rate))
        .KeyBy(key => key).Process(() => new KeyedCounter(), "counter").To("counts", sink));
    return services.GetRequiredService<LocalCluster>().SubmitAsync(
        job,
        new LocalSubmission(JobSettings.None, 1)
        {
            Restore = restore,
            Options = ExecutionOptions.Parse(new Dictionary<string, string>
            {
                ["execution.checkpointing.dir"] = storage,
                ["execution.checkpointing.interval"] = "10s",
                ["execution.checkpointing.timeout"] = "10min",
            }),
        },
        CancellationToken.None);
}
