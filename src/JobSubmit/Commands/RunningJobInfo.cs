using System.Globalization;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Running;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>info JOB-ID</c>: a job of a cluster.</summary>
internal static class RunningJobInfo
{
    /// <summary>Prints the job.</summary>
    public static async Task<int> RunAsync(CommandContext context, ClusterClient client, string id, bool json, CancellationToken stop)
    {
        JobDetailsResponse job = await client.JobAsync(id, stop);
        if (json)
        {
            await context.Terminal.Out.WriteLineAsync(RestJson.ToText(job, RestJson.Default.JobDetailsResponse));
            return 0;
        }

        TextWriter output = context.Terminal.Out;
        DateTimeOffset start = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(job.StartTime), context.Time.LocalTimeZone);
        await output.WriteLineAsync($"{job.Name} ({job.Id})");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {job.State}, submitted {start:dd.MM.yyyy HH:mm:ss}"));
        foreach (string line in RemoteReport.FiguresOf(job.Progress))
        {
            await output.WriteLineAsync($"  {line}");
        }

        foreach (JobVertexDetails vertex in job.Vertices)
        {
            string tasks = string.Join(", ", vertex.Tasks.Where(count => count.Value > 0).Select(count => $"{count.Value} {count.Key}"));
            await output.WriteLineAsync($"  {vertex.Name}: {tasks}");
        }

        if (job.Progress.Failure is { } failure)
        {
            await output.WriteLineAsync($"  failed: {failure.ReplaceLineEndings(" ")}");
        }

        return 0;
    }
}
