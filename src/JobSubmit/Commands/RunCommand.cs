using System.CommandLine;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Output;
using QueryStream.JobSubmit.Running;
using QueryStream.Jobs;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>run JOB --local</c>: a job on a real Kafka and Redis, in a cluster in this process.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(CommandContext context)
    {
        Argument<string?> job = new("JOB") { Description = "Which job; see querystream jobs", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> local = new("--local") { Description = "Run it in this process" };
        Option<bool> bounded = new("--bounded") { Description = "End at the offsets that are the last at the start" };
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<int> parallelism = CommonOptions.Parallelism(CommonOptions.ParallelismOfMachine());
        Option<int> workers = CommonOptions.Workers();
        Option<int?> slots = CommonOptions.Slots();
        Option<bool> json = CommonOptions.Json();
        Command command = new(Name, "Run a job. Its settings stand last, behind --: querystream run JOB --local -- --lateness=5s") { job, local, kafka, redis, parallelism, workers, slots, bounded, json };
        command.SetAction((parsed, stop) =>
        {
            JobDescription found = Find(parsed.GetValue(job));
            if (!parsed.GetValue(local))
            {
                throw new UsageException("There are no remote clusters yet: add --local to run the job in this process.");
            }

            RunRequest request = new(found, SettingArguments.Parse(context.Settings), parsed.GetValue(parallelism))
            {
                Kafka = parsed.GetValue(kafka),
                Redis = parsed.GetValue(redis),
                IsBounded = parsed.GetValue(bounded),
                Workers = parsed.GetValue(workers),
                Slots = parsed.GetValue(slots),
                Json = parsed.GetValue(json),
            };
            return RunAsync(context, request, stop);
        });
        return command;
    }

    /// <summary>Runs a job and prints what it has done.</summary>
    public static async Task<int> RunAsync(CommandContext context, RunRequest request, CancellationToken stop)
    {
        using LineLoggers loggers = context.CreateLoggers(request.Json);
        LocalPlan plan = request.ToPlan();
        LibrdkafkaClients kafka = new(context.Time, loggers);
        StackExchangeRedisConnections redis = new(RedisClientOptions.FromEnvironment(), context.Time, loggers);
        if (request.TopicToCheck is string topic)
        {
            await KafkaCheck.RequireTopicAsync(kafka, request.KafkaAddress, topic, loggers, stop);
        }

        RunReport report = await new LocalRun(loggers, new Clients(kafka, redis), context.Time).RunAsync(plan, stop);
        await context.Terminal.Out.WriteLineAsync(request.Json ? report.ToJson() : report.ToText());
        return 0;
    }

    /// <summary>The job of that name.</summary>
    /// <exception cref="UsageException">There is none; names those that there are.</exception>
    public static JobDescription Find(string? name) => (name is null ? null : JobCatalog.Find(name)) ?? throw new UsageException(
        $"{(name is null ? "Which job?" : $"There is no job '{name}'.")} There are: {string.Join(", ", JobCatalog.All.Select(job => job.Name))}.");
}
