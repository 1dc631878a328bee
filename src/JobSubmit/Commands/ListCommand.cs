using System.CommandLine;
using System.Globalization;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>list</c>: the jobs of a cluster, in Flink's layout.</summary>
internal static class ListCommand
{
    private const string End = "--------------------------------------------------------------";

    private static readonly string[] Scheduled = ["CREATED", "INITIALIZING"];
    private static readonly string[] Terminated = ["FINISHED", "CANCELED", "FAILED"];

    public static Command Create(CommandContext context)
    {
        Option<bool> all = new("--all", "-a") { Description = "Also jobs that have ended" };
        Option<bool> running = new("--running", "-r") { Description = "Only jobs that run" };
        Option<bool> scheduled = new("--scheduled", "-s") { Description = "Only jobs that wait for slots" };
        Option<bool> json = new("--json") { Description = "Print one JSON object" };
        Command command = new("list", "List the jobs of a cluster.") { all, running, scheduled, json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            bool isAll = parsed.GetValue(all);
            bool none = !parsed.GetValue(running) && !parsed.GetValue(scheduled);
            IReadOnlyList<JobOverview> jobs = await client.JobsAsync(stop);
            List<(string Title, string Missing, JobOverview[] Jobs)> groups = [];
            if (isAll || none || parsed.GetValue(running))
            {
                groups.Add(("------------------ Running/Restarting Jobs -------------------", "No running jobs.", [.. jobs.Where(IsRunning)]));
            }

            if (isAll || none || parsed.GetValue(scheduled))
            {
                groups.Add((
                    "----------------------- Scheduled Jobs -----------------------",
                    "No scheduled jobs.",
                    [.. jobs.Where(job => Scheduled.Contains(job.State))]));
            }

            if (isAll)
            {
                groups.Add((
                    "---------------------- Terminated Jobs -----------------------",
                    "No terminated jobs.",
                    [.. jobs.Where(job => Terminated.Contains(job.State))]));
            }

            if (parsed.GetValue(json))
            {
                JobsOverviewResponse answer = new([.. groups.SelectMany(group => group.Jobs)]);
                await context.Terminal.Out.WriteLineAsync(RestJson.ToText(answer, RestJson.Default.JobsOverviewResponse));
                return 0;
            }

            groups.ForEach(group => Write(context, group.Title, group.Missing, group.Jobs));
            return 0;
        });
        return command;
    }

    private static bool IsRunning(JobOverview job) => !Scheduled.Contains(job.State) && !Terminated.Contains(job.State);

    private static void Write(CommandContext context, string title, string missing, JobOverview[] jobs)
    {
        TextWriter output = context.Terminal.Out;
        if (jobs.Length == 0)
        {
            output.WriteLine(missing);
            return;
        }

        output.WriteLine(title);
        foreach (JobOverview job in jobs.OrderBy(job => job.StartTime))
        {
            DateTimeOffset start = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(job.StartTime), context.Time.LocalTimeZone);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{start:dd.MM.yyyy HH:mm:ss} : {job.Id} : {job.Name} ({job.State})"));
        }

        output.WriteLine(End);
    }
}
