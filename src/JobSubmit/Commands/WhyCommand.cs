using System.CommandLine;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>why JOB</c>: what holds the output of a job back, and what to change.</summary>
internal static class WhyCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> job = new("JOB") { Description = "The job's id, or the name of a job that runs" };
        Option<bool> json = new("--json") { Description = "Print one JSON object, that of GET /jobs/ID/why" };
        Command command = new("why", "Say why a job writes nothing, or less than expected, and what to change.") { job, json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            string id = await StateCommand.JobIdOfAsync(client, parsed.GetValue(job)!, stop);
            DiagnosisResponse diagnosis = await client.DiagnosisAsync(id, stop);
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(RestJson.ToText(diagnosis, RestJson.Default.DiagnosisResponse));
            }
            else
            {
                Write(context.Terminal.Out, diagnosis.Findings);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Writes findings, the most likely first.</summary>
    public static void Write(TextWriter output, IReadOnlyList<FindingDetails> findings)
    {
        foreach (FindingDetails finding in findings)
        {
            output.WriteLine(finding.Title);
            output.WriteLine($"  {finding.Text.ReplaceLineEndings(" ")}");
            if (finding.Change is { } change)
            {
                output.WriteLine($"  What to change: {change}");
            }
        }
    }
}
