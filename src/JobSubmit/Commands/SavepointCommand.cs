using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>savepoint JOB-ID [DIR]</c>: saves the state of a job, which goes on.</summary>
internal static class SavepointCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> id = ClusterOption.JobId();
        Argument<string?> directory = new("DIR")
        {
            Description = "Where the savepoint is written, on the machines of the cluster. Unset: state.savepoints.dir of the job",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("savepoint", "Take a savepoint of a job of a cluster.") { id, directory };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string job = ClusterOption.ParseJobId(parsed.GetValue(id)!);
            SavepointRequest request = new() { TargetDirectory = DirectoryArgument.Absolute(parsed.GetValue(directory)) };
            using ClusterClient client = cluster.Connect(parsed);
            TextWriter output = context.Terminal.Out;
            await output.WriteLineAsync($"Triggering savepoint for job {job}.");
            try
            {
                string trigger = await client.TriggerSavepointAsync(job, request, stop);
                string path = await RemoteJob.SavepointAsync(client, job, trigger, context.Time, stop);
                await output.WriteLineAsync($"Savepoint completed. Path: {path}");
                await output.WriteLineAsync("You can resume your program from this savepoint with the run command.");
                return 0;
            }
            catch (Exception e) when (e is ClusterRefusedException or CheckpointFailedException)
            {
                throw new ServiceRefusedException("the coordinator", $"Failed to trigger a savepoint for the job {job}: {e.Message}", e);
            }
        });
        return command;
    }
}
