using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Running;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>rescale JOB-ID --parallelism N</c>: restarts a job from a checkpoint at another parallelism.</summary>
internal static class RescaleCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> id = ClusterOption.JobId();
        Option<int?> parallelism = CommonOptions.NewParallelism();
        Option<bool> detached = new("--detached", "-d") { Description = "Return when the job is certain to restart at that parallelism" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("rescale", "Run a job of a cluster at another parallelism, from a checkpoint.") { id, parallelism, detached, json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string job = ClusterOption.ParseJobId(parsed.GetValue(id)!);
            int wanted = parsed.GetValue(parallelism) ?? throw new UsageException("'rescale' needs a parallelism: --parallelism N.");
            using ClusterClient client = cluster.Connect(parsed);
            RescaleResponse answer;
            try
            {
                answer = await client.RescaleAsync(job, wanted, stop);
            }
            catch (ClusterRefusedException e)
            {
                throw new ServiceRefusedException("the coordinator", $"Could not rescale job {job}: {e.Message}", e);
            }

            bool isJson = parsed.GetValue(json);
            await (isJson ? context.Terminal.Error : context.Terminal.Out).WriteLineAsync(TextOf(job, answer));
            if (!parsed.GetValue(detached))
            {
                return await WaitAsync(context, client, job, wanted, isJson, stop);
            }

            if (isJson)
            {
                await context.Terminal.Out.WriteLineAsync(RestJson.ToText(answer, RestJson.Default.RescaleResponse));
            }

            return 0;
        });
        return command;
    }

    private static string TextOf(string job, RescaleResponse answer) => answer switch
    {
        { Restarts: true } => $"Rescaling job {job} from parallelism {answer.FormerParallelism} to {answer.Parallelism}.",
        _ when answer.FormerParallelism == answer.Parallelism => $"Job {job} runs at parallelism {answer.Parallelism} already.",
        _ => $"Job {job} runs at parallelism {answer.FormerParallelism} of {answer.Parallelism}, and is scaled up when there are slots for more.",
    };

    private static async Task<int> WaitAsync(
        CommandContext context, ClusterClient client, string job, int wanted, bool json, CancellationToken stop)
    {
        JobDetailsResponse? details = await new RemoteWatch(context, client, InterruptAction.Detach, json).UntilAsync(job, IsDecided, stop);
        if (details is null)
        {
            await context.Terminal.Error.WriteLineAsync($"Job {job} goes on.");
            return 0;
        }

        if (RemoteJob.HasEnded(details.State) || details.Progress.WantedParallelism != wanted)
        {
            string instead = RemoteJob.HasEnded(details.State)
                ? $"is {details.State}"
                : $"was asked meanwhile to run at parallelism {details.Progress.WantedParallelism}";
            throw new ServiceRefusedException("the coordinator", $"Job {job} does not run at parallelism {wanted}: it {instead}.");
        }

        string text = json
            ? RestJson.ToText(details, RestJson.Default.JobDetailsResponse)
            : $"Job {job} is RUNNING at parallelism {wanted}.";
        await context.Terminal.Out.WriteLineAsync(text);
        return 0;

        bool IsDecided(JobDetailsResponse details) => RemoteJob.HasEnded(details.State)
            || details.Progress.WantedParallelism != wanted
            || (details.State == "RUNNING" && details.Progress.Parallelism == wanted);
    }
}
