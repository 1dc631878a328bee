using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>run JOB</c>: a job on a cluster, or with <c>--local</c> in this process, with clients of the real systems.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Create(CommandContext context)
    {
        Argument<string?> job = CommonOptions.Job();
        Option<string?> className = CommonOptions.Class();
        Option<bool> local = new("--local") { Description = "Run it in this process, without a cluster" };
        Option<bool> bounded = new("--bounded") { Description = "Stop at the end offsets that the partitions have at the start" };
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<int?> parallelism = CommonOptions.Parallelism();
        Option<int?> workers = CommonOptions.Workers();
        Option<int?> slots = CommonOptions.Slots();
        Option<bool> json = CommonOptions.Json();
        Command command = new(Name, "Run a job on a cluster, or in this process. Its settings come last: querystream run JOB -- --lateness=5s")
        {
            job, className, local, kafka, redis, parallelism, workers, slots, bounded, json,
        };
        StateOptions state = new();
        state.AddTo(command);
        RemoteOptions remote = new();
        remote.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            Dictionary<string, string> settings = JobSettings.Parse(context.Settings);
            (JobDescription found, UserJob? assembly) = Find(parsed.GetValue(job), parsed.GetValue(className), settings);
            RunRequest request = new(found, settings)
            {
                Assembly = assembly,
                Kafka = parsed.GetValue(kafka),
                Redis = parsed.GetValue(redis),
                IsBounded = parsed.GetValue(bounded),
                Parallelism = parsed.GetValue(parallelism),
                Workers = parsed.GetValue(workers),
                Slots = parsed.GetValue(slots),
                Json = parsed.GetValue(json),
                Options = state.Parse(parsed),
            };
            if (parsed.GetValue(local))
            {
                remote.RequireNone(parsed);
                return await RunAsync(context, request, stop);
            }

            using ClusterClient client = remote.Cluster.Connect(parsed);
            return await new RemoteRun(context, request, remote.Parse(parsed), client).RunAsync(stop);
        });
        return command;
    }

    /// <summary>Runs a job and prints its report.</summary>
    public static async Task<int> RunAsync(CommandContext context, RunRequest request, CancellationToken stop)
    {
        request.Options.Validate();
        HostApplicationBuilder builder = request.CreateBuilder(context.Terminal);
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();
        (IStreamJob job, JobSettings settings) = request.Apply(host.Services);
        if (request.TopicToCheck is string topic)
        {
            await RequireTopicAsync(host.Services, request, topic, stop);
        }

        try
        {
            LocalRun run = new(host)
            {
                OnAccepted = LogAccepted(host, request),
                OnEnded = Report(context.Terminal, job, request.Json),
                Options = request.Options,
                NextStop = context.NextStop,
                OnSavepoint = path => (request.Json ? context.Terminal.Error : context.Terminal.Out).WriteLine(RunReport.SavepointCompleted(path)),
            };
            await run.RunAsync(job, settings, stop);
            return 0;
        }
        catch (QueryStreamException e) when (request.Assembly is { } assembly)
        {
            throw assembly.Explain(e);
        }
    }

    /// <summary>Prints the report of a job that has ended.</summary>
    public static Action<JobResult> Report(Terminal terminal, IStreamJob job, bool json) => result =>
    {
        RunReport report = new(job.Name, result, ProcessFigures.Now());
        terminal.Out.WriteLine(json ? report.ToJson() : report.ToText());
    };

    /// <summary>Looks for the topic of a job before the job starts, so that a missing one is one error, and an immediate one.</summary>
    /// <exception cref="ServiceUnavailableException">Kafka does not answer.</exception>
    /// <exception cref="ServiceRefusedException">There is no such topic.</exception>
    public static async Task RequireTopicAsync(IServiceProvider services, RunRequest request, string topic, CancellationToken stop)
    {
        string address = request.KafkaAddress;
        KafkaConnection connection = new(address, "", new Dictionary<string, string>());
        await using IKafkaAdmin admin = services.GetRequiredService<IKafkaClients>().OpenAdmin(connection);
        KafkaTopic found = await admin.RequireTopicAsync(address, topic, stop);

        // A user's job may only write to the topic.
        Action<ILogger, string, int, string> log = request.Assembly is null ? Log.SourceFound : Log.TopicFound;
        log(services.GetRequiredService<ILogger<RunRequest>>(), found.Name, found.Partitions.Count, address);
    }

    /// <summary>Logs that the job has been accepted.</summary>
    public static Action<JobHandle> LogAccepted(IHost host, RunRequest request) => job =>
    {
        Action<ILogger, string, int> log = request.Assembly is null ? Log.GraphDeployed : Log.JobDeployed;
        log(host.Services.GetRequiredService<ILogger<RunRequest>>(), job.Name, host.Services.GetRequiredService<LocalClusterOptions>().Parallelism);
    };

    /// <summary>The job of that name, or of that assembly.</summary>
    /// <exception cref="QueryStreamException">There is none; names those that exist.</exception>
    public static (JobDescription Job, UserJob? Assembly) Find(string? name, string? className, Dictionary<string, string> settings)
    {
        if (name is not null && JobCatalog.Find(name) is null && UserJob.IsPath(name))
        {
            UserJob assembly = UserJob.Load(name, className);
            return (assembly.Describe(settings), assembly);
        }

        JobDescription job = Find(name);
        return className is null
            ? (job, null)
            : throw new UsageException($"--class names a class of an assembly, and '{name}' is none: give the path of a JOB.dll.");
    }

    /// <summary>The job of that name.</summary>
    /// <exception cref="UsageException">There is none; names those that exist.</exception>
    public static JobDescription Find(string? name)
    {
        if (name is not null && JobCatalog.Find(name) is { } job)
        {
            return job;
        }

        string problem = name is null ? "Which job?" : $"There is no job '{name}'.";
        string names = string.Join(", ", JobCatalog.All.Select(job => job.Name));
        throw new UsageException($"{problem} There are: {names}; or give the path of your own JOB.dll.");
    }
}
