using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Plans;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>info JOB</c>: the plan of a job, without running it; <c>info JOB-ID</c>: a job of a cluster.</summary>
internal static class InfoCommand
{
    public const string Name = "info";

    public static Command Create(CommandContext context)
    {
        Argument<string?> job = CommonOptions.Job();
        Option<string?> className = CommonOptions.Class();
        Option<int?> parallelism = CommonOptions.Parallelism();
        Option<PlanFormat?> format = Format();
        Command command = new(
            Name, "Show the plan of a job: chains, exchanges, ids and state. Settings of the job come after --. With a JOB-ID: how that job does.")
        {
            job, className, parallelism, format,
        };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            if (parsed.GetValue(job) is { } id && ClusterOption.IsJobId(id))
            {
                using ClusterClient client = cluster.Connect(parsed);
                bool json = parsed.GetValue(format) == PlanFormat.Json;
                return await RunningJobInfo.RunAsync(context, client, id.ToLowerInvariant(), json, stop);
            }

            Dictionary<string, string> settings = JobSettings.Parse(context.Settings);
            (JobDescription found, UserJob? assembly) = RunCommand.Find(parsed.GetValue(job), parsed.GetValue(className), settings);
            int subtasks = parsed.GetValue(parallelism) ?? ConfiguredParallelism();
            JobPlanView plan = new(JobGraph.Create(Build(found, assembly, settings), subtasks), found.Settings);
            await context.Terminal.Out.WriteLineAsync(parsed.GetValue(format) switch
            {
                PlanFormat.Json => PlanJson.Of(plan),
                PlanFormat.Mermaid => PlanMermaid.Of(plan),
                _ => PlanText.Of(plan),
            });
            return 0;
        });
        return command;
    }

    // With which "run" would run the job.
    private static int ConfiguredParallelism()
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder();
        builder.Services.AddQueryStreamLocalCluster();
        using IHost host = builder.Build();
        return host.Services.GetRequiredService<LocalClusterOptions>().Parallelism;
    }

    private static StreamGraph Build(JobDescription job, UserJob? assembly, Dictionary<string, string> settings)
    {
        if (assembly is not null)
        {
            return assembly.Build(settings);
        }

        SettingArguments.RequireKnown(job, settings.Keys);
        return StreamBuilder.Build(job.Create(), new JobSettings(settings));
    }

    private static Option<PlanFormat?> Format() => new("--format")
    {
        Description = "How to print it. Unset: text",
        HelpName = "text|json|mermaid",
        CustomParser = result => CommonOptions.Parse<PlanFormat>(
            result,
            text => text switch { "text" => PlanFormat.Text, "json" => PlanFormat.Json, "mermaid" => PlanFormat.Mermaid, _ => null },
            "text, json or mermaid"),
    };
}
