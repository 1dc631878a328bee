using System.CommandLine;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>run JOB --local</c>: a job in a cluster in this process, with clients of the real systems.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(CommandContext context)
    {
        Argument<string?> job = new("JOB") { Description = "Which job: a name, see querystream jobs; or the path of your own assembly, JOB.dll", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> className = new("--class") { Description = "Which class of JOB.dll is the job, where it has several", HelpName = "NAME" };
        Option<bool> local = new("--local") { Description = "Run it in this process" };
        Option<bool> bounded = new("--bounded") { Description = "End at the offsets that are the last at the start" };
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<int> parallelism = CommonOptions.Parallelism(CommonOptions.ParallelismOfMachine());
        Option<int> workers = CommonOptions.Workers();
        Option<int?> slots = CommonOptions.Slots();
        Option<bool> json = CommonOptions.Json();
        Command command = new(Name, "Run a job. Its settings stand last, behind --: querystream run JOB --local -- --lateness=5s")
        {
            job, className, local, kafka, redis, parallelism, workers, slots, bounded, json,
        };
        command.SetAction((parsed, stop) =>
        {
            Dictionary<string, string> settings = SettingArguments.Parse(context.Settings);
            (JobDescription found, UserJob? assembly) = Find(parsed.GetValue(job), parsed.GetValue(className), settings);
            if (!parsed.GetValue(local))
            {
                throw new UsageException("There are no remote clusters yet: add --local to run the job in this process.");
            }

            RunRequest request = new(found, settings, parsed.GetValue(parallelism))
            {
                Assembly = assembly,
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
        ConnectorClients clients = new(context.Time, loggers);
        if (request.TopicToCheck is string topic)
        {
            // What a job of a user does with the topic is not known: it may only write to it.
            KafkaTopic found = await KafkaCheck.RequireTopicAsync(clients.Kafka, request.KafkaAddress, topic, stop);
            Action<ILogger, string, int, string> log = plan.IsOfUser ? Log.TopicFound : Log.SourceFound;
            log(loggers.CreateLogger(nameof(RunCommand)), found.Name, found.Partitions.Count, request.KafkaAddress);
        }

        try
        {
            RunReport report = await new LocalRun(loggers, clients, context.Time).RunAsync(plan, stop);
            await context.Terminal.Out.WriteLineAsync(request.Json ? report.ToJson() : report.ToText());
            return 0;
        }
        catch (QueryStreamException e) when (request.Assembly is { } assembly)
        {
            throw assembly.Explain(e);
        }
    }

    /// <summary>The job of that name, or of that assembly.</summary>
    /// <exception cref="QueryStreamException">There is none; names those that there are.</exception>
    public static (JobDescription Job, UserJob? Assembly) Find(string? name, string? className, Dictionary<string, string> settings)
    {
        if (name is not null && JobCatalog.Find(name) is null && UserJob.IsPath(name))
        {
            UserJob assembly = UserJob.Load(name, className);
            return (assembly.Describe(settings), assembly);
        }

        JobDescription job = Find(name);
        return className is null ? (job, null) : throw new UsageException($"--class names a class of an assembly, and '{name}' is none: give the path of a JOB.dll.");
    }

    /// <summary>The job of that name.</summary>
    /// <exception cref="UsageException">There is none; names those that there are.</exception>
    public static JobDescription Find(string? name) => (name is null ? null : JobCatalog.Find(name)) ?? throw new UsageException(
        $"{(name is null ? "Which job?" : $"There is no job '{name}'.")} There are: {string.Join(", ", JobCatalog.All.Select(job => job.Name))}; or give the path of your own JOB.dll.");
}
