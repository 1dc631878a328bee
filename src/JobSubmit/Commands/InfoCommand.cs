using System.CommandLine;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Plans;
using QueryStream.JobSubmit.Running;
using QueryStream.Streams;
using QueryStream.Streams.Graph;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>info JOB</c>: the plan of a job, without running it.</summary>
internal static class InfoCommand
{
    public const string Name = "info";

    public static Command Create(CommandContext context)
    {
        Argument<string?> job = new("JOB") { Description = "Which job: a name, see querystream jobs; or the path of your own assembly, JOB.dll", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> className = new("--class") { Description = "Which class of JOB.dll is the job, where it has several", HelpName = "NAME" };
        Option<int> parallelism = CommonOptions.Parallelism(CommonOptions.ParallelismOfMachine());
        Option<PlanFormat?> format = Format();
        Command command = new(Name, "Show the plan of a job: chains, exchanges, ids and state. Settings of the job may stand behind --.") { job, className, parallelism, format };
        command.SetAction(parsed =>
        {
            Dictionary<string, string> settings = SettingArguments.Parse(context.Settings);
            (JobDescription found, UserJob? assembly) = RunCommand.Find(parsed.GetValue(job), parsed.GetValue(className), settings);
            JobPlanView plan = new(JobGraph.Create(Build(found, assembly, settings), parsed.GetValue(parallelism)), found.Settings);
            context.Terminal.Out.WriteLine(parsed.GetValue(format) switch
            {
                PlanFormat.Json => PlanJson.Of(plan),
                PlanFormat.Mermaid => PlanMermaid.Of(plan),
                _ => PlanText.Of(plan),
            });
            return 0;
        });
        return command;
    }

    private static StreamGraph Build(JobDescription job, UserJob? assembly, Dictionary<string, string> settings)
    {
        if (assembly is not null)
        {
            return assembly.Build(settings);
        }

        SettingArguments.RequireKnown(job, settings.Keys);
        return StreamBuilder.Build(job.Create(), SettingArguments.ToJobSettings(settings));
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
