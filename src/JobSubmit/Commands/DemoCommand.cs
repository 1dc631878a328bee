using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Demo;
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using Spectre.Console;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>demo</c>: Query Analytics on generated queries, with Kafka and Redis in memory.</summary>
internal static class DemoCommand
{
    public const string Name = "demo";
    private const string Job = "query-analytics";
    private const string InMemory = "memory:1";
    private const string EarlySetting = "early-interval";
    private const int RateByDefault = 1_000;
    private const int MinPartitions = 4;

    // More often than usual, so that the view shows the job as it is.
    private static readonly TimeSpan MetricsInterval = TimeSpan.FromMilliseconds(250);

    public static Command Create(CommandContext context)
    {
        Option<int?> rate = CommonOptions.Number("--rate", $"How many queries are asked per second. Unset: {RateByDefault}", 1, 10_000_000);
        Option<TimeSpan?> duration = CommonOptions.Duration("When the queries end; then all windows close. Unset: never");
        Option<ulong> seed = CommonOptions.Seed();
        Option<int?> parallelism = CommonOptions.Parallelism();
        Option<int?> workers = CommonOptions.Workers();
        Option<int?> slots = CommonOptions.Slots();
        Option<bool> json = CommonOptions.Json();
        Command command = new(Name, "Run Query Analytics on generated queries: needs neither Kafka nor Redis. Settings of the job come after --.")
        {
            rate, duration, seed, parallelism, workers, slots, json,
        };
        command.SetAction((parsed, stop) =>
        {
            JobDescription job = RunCommand.Find(Job);
            RunRequest request = new(job, JobSettings.Parse(context.Settings))
            {
                // They come before what the environment says about a real Kafka and Redis.
                Kafka = InMemory,
                Redis = InMemory,
                Parallelism = parsed.GetValue(parallelism),
                Workers = parsed.GetValue(workers),
                Slots = parsed.GetValue(slots),
                Json = parsed.GetValue(json),
                IsBounded = parsed.GetValue(duration) is not null,
                MetricsInterval = MetricsInterval,
            };

            // A bounded job shows no open windows by default; a demo does.
            request.Settings.TryAdd(EarlySetting, SettingArguments.ValueOf(job, request.Settings, EarlySetting));
            return RunAsync(context, request, partitions => new GeneratedKafkaOptions(
                request.TopicToCheck!, partitions, parsed.GetValue(rate) ?? RateByDefault, parsed.GetValue(duration), parsed.GetValue(seed)), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, RunRequest request, Func<int, GeneratedKafkaOptions> options, CancellationToken stop)
    {
        HostApplicationBuilder builder = request.CreateBuilder(context.Terminal);
        RecentWarnings? warnings = null;
        if (!request.Json && context.Terminal.IsInteractive)
        {
            // Log lines would tear the view.
            warnings = new RecentWarnings(context.Time);
            builder.Logging.ClearProviders().AddProvider(warnings);
        }

        builder.Services
            .AddSingleton(services => new GeneratedKafka(
                new InMemoryKafka(context.Time, services.GetRequiredService<ILoggerFactory>()),
                options(Math.Max(MinPartitions, services.GetRequiredService<LocalClusterOptions>().Parallelism)),
                context.Time))
            .AddSingleton<IKafkaClients>(services => services.GetRequiredService<GeneratedKafka>())
            .AddSingleton(new InMemoryRedis(context.Time))
            .AddSingleton<IRedisConnections>(services => services.GetRequiredService<InMemoryRedis>());
        using IHost host = builder.Build();
        (IStreamJob job, JobSettings settings) = request.Apply(host.Services);
        await RunCommand.RequireTopicAsync(host.Services, request, request.TopicToCheck!, stop);

        using CancellationTokenSource ended = new();
        string channel = SettingArguments.ValueOf(request.Job, request.Settings, "channel");
        LatestResults results = new(host.Services.GetRequiredService<InMemoryRedis>(), channel);
        Task following = results.FollowAsync(ended.Token);
        Task filling = Task.CompletedTask;
        LocalRun run = new(host)
        {
            OnAccepted = RunCommand.LogAccepted(host, request),
            OnEnded = RunCommand.Report(context.Terminal, job, request.Json),
            Watch = async (handle, jobEnded) =>
            {
                // Queries begin when the job runs, so that none is late.
                await Task.WhenAny(handle.Running, handle.Completion);
                filling = FillAsync(host.Services.GetRequiredService<GeneratedKafka>(), handle, ended.Token);
                await ShowAsync(context, request, new DemoSource(handle, results, warnings, context.Time), jobEnded);
            },
        };
        try
        {
            await run.RunAsync(job, settings, stop);
            return 0;
        }
        finally
        {
            await ended.CancelAsync();
            await following;
            await filling;
        }
    }

    // If it fails the job is cancelled, which would wait for queries for ever.
    private static async Task FillAsync(GeneratedKafka kafka, JobHandle job, CancellationToken stop)
    {
        try
        {
            await kafka.FillAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The job has ended; nothing reads further queries.
        }
        catch
        {
            _ = job.CancelAsync();
            throw;
        }
    }

    private static Task ShowAsync(CommandContext context, RunRequest request, DemoSource source, CancellationToken stop) =>
        request.Json || !context.Terminal.IsInteractive
            ? DemoLines.ShowAsync(source, request.Json ? context.Terminal.Error : context.Terminal.Out, context.Time, stop)
            : DemoView.ShowAsync(source, context.Terminal.Screen, AnsiConsole.Console, context.Time, stop);
}
