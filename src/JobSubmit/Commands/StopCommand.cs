using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>stop JOB-ID</c>: ends a job with a savepoint from which it can go on.</summary>
internal static class StopCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> id = ClusterOption.JobId();
        Option<string?> directory = new("--savepoint-path", "--savepointPath", "-p")
        {
            Description = "Where the savepoint is written, on the machines of the cluster. Unset: state.savepoints.dir of the job",
            HelpName = "DIR",
        };
        Option<bool> drain = new("--drain", "-d")
        {
            Description = "End event time before, so that all windows fire: for a job that is not to be continued",
        };
        Command command = new("stop", "Stop a job of a cluster with a savepoint.") { id, directory, drain };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string job = ClusterOption.ParseJobId(parsed.GetValue(id)!);
            StopRequest request = new()
            {
                TargetDirectory = DirectoryArgument.Absolute(parsed.GetValue(directory)),
                Drain = parsed.GetValue(drain),
            };
            using ClusterClient client = cluster.Connect(parsed);
            TextWriter output = context.Terminal.Out;
            await output.WriteLineAsync($"{(request.Drain ? "Draining" : "Suspending")} job \"{job}\" with a CANONICAL savepoint.");
            try
            {
                string trigger = await client.StopAsync(job, request, stop);
                string path = await RemoteJob.SavepointAsync(client, job, trigger, context.Time, stop);
                await output.WriteLineAsync($"Savepoint completed. Path: {path}");
            }
            catch (Exception e) when (e is ClusterRefusedException or CheckpointFailedException)
            {
                throw new ServiceRefusedException("the coordinator", $"Could not stop with a savepoint job \"{job}\": {e.Message}", e);
            }

            // What the savepoint covers is committed by then.
            await RemoteJob.EndAsync(client, job, context.Time, stop);
            return 0;
        });
        return command;
    }
}
