using System.CommandLine;
using System.Globalization;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest;
using QueryStream.Rest.Model;
using Spectre.Console;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>events JOB</c>: what has happened to a job, with the phases of each recovery.</summary>
internal static class EventsCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> job = new("JOB") { Description = "The job's id, or the name of a job that runs" };
        Option<bool> json = new("--json") { Description = "Print one JSON object, that of GET /jobs/ID/events" };
        Command command = new("events", "Show what has happened to a job: failures, and how long each phase of the recovery took.") { job, json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            string id = await StateCommand.JobIdOfAsync(client, parsed.GetValue(job)!, stop);
            JobEventsResponse events = await client.EventsAsync(id, stop);
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(RestJson.ToText(events, RestJson.Default.JobEventsResponse));
            }
            else
            {
                Write(context.Terminal.Out, TextTable.WidthOf(context.Terminal), id, events.Events, context.Time.LocalTimeZone);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Writes a table of events, the oldest first.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="width">That of the terminal; null: none, as in a file.</param>
    /// <param name="job">The job's id.</param>
    /// <param name="events">Its events, the newest first.</param>
    /// <param name="zone">The time zone that is shown.</param>
    public static void Write(TextWriter output, int? width, string job, IReadOnlyList<JobEventDetails> events, TimeZoneInfo zone)
    {
        Table table = TextTable.New("time", "event", "what");
        foreach (JobEventDetails happened in events.Reverse())
        {
            DateTimeOffset at = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(happened.Timestamp), zone);
            TextTable.Add(
                table,
                at.ToString("dd.MM.yyyy HH:mm:ss.fff", CultureInfo.InvariantCulture),
                happened.Kind.Replace('_', ' ').ToLowerInvariant(),
                happened.Text.ReplaceLineEndings(" "));
            foreach (string line in happened.Recovery is { } recovery ? LinesOf(recovery) : [])
            {
                TextTable.Add(table, "", "", line);
            }
        }

        TextTable.Write(output, width, $"Events of job {job}", table);
    }

    private static IEnumerable<string> LinesOf(JobRecoveryDetails recovery)
    {
        string regions = recovery.Regions.Count == 0 ? "all regions" : string.Join("; ", recovery.Regions);
        string lost = recovery.LostWorker is { } worker ? $", worker {worker} was lost" : "";
        if (recovery.Restart > 0)
        {
            yield return Format($"  restart {recovery.Restart} of {regions}{lost}");
        }

        string phases = string.Join(", ", recovery.Phases.Select(phase => Format($"{phase.Name} {phase.Duration} ms")));
        string end = recovery.Total >= 0 ? Format($"all tasks run after {recovery.Total} ms")
            : recovery.SupersededBy is int next ? Format($"superseded by restart {next}")
            : "not complete";
        yield return $"  {(phases.Length == 0 ? "" : $"{phases}; ")}{end}";
        if (recovery.Total >= 0)
        {
            yield return $"  from {recovery.RestoredFrom ?? "the beginning, without state"}";
        }
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
