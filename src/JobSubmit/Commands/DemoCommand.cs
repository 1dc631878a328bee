using System.CommandLine;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Demo;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using Spectre.Console;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>demo</c>: Query Analytics on generated queries, with everything that it needs inside this process.</summary>
internal static class DemoCommand
{
    public const string Name = "demo";
    private const string Job = "query-analytics";
    private const string InMemory = "memory:1";
    private const int FewestPartitions = 4;

    // So that the terminal follows the job and not the other way round.
    private static readonly TimeSpan MetricsInterval = TimeSpan.FromMilliseconds(250);

    public static Command Create(CommandContext context)
    {
        Option<int> rate = CommonOptions.Number("--rate", "How many queries are asked a second", 1_000, 1, 10_000_000);
        Option<TimeSpan?> duration = CommonOptions.Duration("When the queries end; then all windows close. Unset: never");
        Option<ulong> seed = CommonOptions.Seed();
        Option<int> parallelism = CommonOptions.Parallelism(2);
        Option<int> workers = CommonOptions.Workers();
        Option<int?> slots = CommonOptions.Slots();
        Option<bool> json = CommonOptions.Json();
        Command command = new(Name, "Run Query Analytics on generated queries: no Kafka, no Redis, nothing to set up. Settings of the job may stand behind --.")
        {
            rate, duration, seed, parallelism, workers, slots, json,
        };
        command.SetAction((parsed, stop) =>
        {
            JobDescription job = RunCommand.Find(Job);
            RunRequest request = new(job, SettingArguments.Parse(context.Settings), parsed.GetValue(parallelism))
            {
                // Whatever the environment says of a real Kafka and Redis: neither is asked.
                Kafka = InMemory,
                Redis = InMemory,
                Workers = parsed.GetValue(workers),
                Slots = parsed.GetValue(slots),
                Json = parsed.GetValue(json),
                IsBounded = parsed.GetValue(duration) is not null,
            };

            // A demo that ends is still something to look at while it lasts.
            request.Settings.TryAdd("early-interval", SettingArguments.ValueOf(job, request.Settings, "early-interval"));
            LocalPlan plan = request.ToPlan();
            GeneratedKafkaOptions options = new(
                request.TopicToCheck!, Math.Max(FewestPartitions, plan.Parallelism), parsed.GetValue(rate), parsed.GetValue(duration), parsed.GetValue(seed));
            return RunAsync(context, request, plan, options, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, RunRequest request, LocalPlan plan, GeneratedKafkaOptions options, CancellationToken stop)
    {
        using LineLoggers loggers = context.CreateLoggers(request.Json);
        GeneratedKafka kafka = new(new InMemoryKafka(context.Time, loggers), options, context.Time);
        InMemoryRedis redis = new(context.Time);
        KafkaTopic found = await KafkaCheck.RequireTopicAsync(kafka, InMemory, options.Topic, stop);
        Log.SourceFound(loggers.CreateLogger(nameof(DemoCommand)), found.Name, found.Partitions.Count, InMemory);

        using CancellationTokenSource ended = new();
        LatestResults results = new(redis, SettingArguments.ValueOf(request.Job, request.Settings, "channel"));
        Task following = results.FollowAsync(ended.Token);
        Task filling = Task.CompletedTask;
        LocalRun run = new(loggers, new Clients(kafka, redis), context.Time)
        {
            MetricsInterval = MetricsInterval,
            Watch = async (job, jobEnded) =>
            {
                // The queries begin when there is somebody to answer them.
                await Task.WhenAny(job.Running, job.Completion);
                filling = FillAsync(kafka, job, ended.Token);
                await ShowAsync(context, request, new DemoSource(job, results, context.Time), loggers, jobEnded);
            },
        };
        try
        {
            RunReport report = await run.RunAsync(plan, stop);
            await context.Terminal.Out.WriteLineAsync(request.Json ? report.ToJson() : report.ToText());
            return 0;
        }
        finally
        {
            await ended.CancelAsync();
            await following;
            await filling;
        }
    }

    // Without queries the job would wait for ever.
    private static async Task FillAsync(GeneratedKafka kafka, JobHandle job, CancellationToken stop)
    {
        try
        {
            await kafka.FillAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The job is over; nobody reads what would follow.
        }
        catch
        {
            _ = job.CancelAsync();
            throw;
        }
    }

    private static async Task ShowAsync(CommandContext context, RunRequest request, DemoSource source, LineLoggers loggers, CancellationToken stop)
    {
        if (request.Json || !context.Terminal.IsInteractive)
        {
            await DemoLines.ShowAsync(source, request.Json ? context.Terminal.Error : context.Terminal.Out, context.Time, stop);
            return;
        }

        loggers.Redirect = source.Take;
        try
        {
            await DemoView.ShowAsync(source, AnsiConsole.Console, context.Time, stop);
        }
        finally
        {
            loggers.Redirect = null;
        }
    }
}
