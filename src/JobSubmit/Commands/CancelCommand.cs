using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cancel JOB-ID</c>: ends a job at once.</summary>
internal static class CancelCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> id = ClusterOption.JobId();
        Command command = new("cancel", "Cancel a job of a cluster, and wait until it has ended.") { id };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string job = ClusterOption.ParseJobId(parsed.GetValue(id)!);
            using ClusterClient client = cluster.Connect(parsed);
            TextWriter output = context.Terminal.Out;
            await output.WriteLineAsync($"Cancelling job {job}.");
            try
            {
                await client.CancelAsync(job, stop);
            }
            catch (ClusterRefusedException e)
            {
                throw new ServiceRefusedException("the coordinator", $"Could not cancel job {job}: {e.Message}", e);
            }

            await RemoteJob.EndAsync(client, job, context.Time, stop);
            await output.WriteLineAsync($"Cancelled job {job}.");
            return 0;
        });
        return command;
    }
}
