using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using QueryStream.Cluster.Management;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster show</c>: coordinators, workers with their slots, and what runs in them.</summary>
internal static class ClusterShowCommand
{
    private const string Coordinator = "coordinator";

    public static Command Create(CommandContext context)
    {
        Option<bool> json = new("--json") { Description = "Print one JSON object" };
        Command command = new("show", "Show coordinators, workers with their slots, and the jobs in them.") { json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            ClusterView view = await client.MembersAsync(stop);
            Shown shown = new(view, await client.WorkersAsync(stop), await client.JobsAsync(stop));
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(JsonText.Of(writer => Write(writer, shown)));
            }
            else
            {
                Write(context.Terminal.Out, shown);
            }

            return 0;
        });
        return command;
    }

    private static void Write(TextWriter output, Shown shown)
    {
        output.WriteLine("Coordinators");
        foreach (MemberView member in shown.Coordinators)
        {
            string epoch = shown.EpochOf(member) is long number ? string.Create(CultureInfo.InvariantCulture, $", epoch {number}") : "";
            output.WriteLine($"  {member.Node}  {(shown.Leads(member) ? $"leads{epoch}" : "stands by")}{shown.StatusOf(member)}");
        }

        int used = shown.Workers.Sum(worker => worker.SlotsNumber - worker.FreeSlots);
        int slots = shown.Workers.Sum(worker => worker.SlotsNumber);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Workers: {used}/{slots} slots used"));
        int width = shown.Workers.Select(worker => worker.Id.Length).DefaultIfEmpty().Max();
        foreach (WorkerDetails worker in shown.Workers)
        {
            MemberView? member = shown.MemberOf(worker);
            string jobs = string.Join(", ", worker.Use.Jobs.Select(shown.NameOf));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {worker.Id.PadRight(width)}  {member?.Node ?? worker.Path}  "
                + $"{worker.SlotsNumber - worker.FreeSlots}/{worker.SlotsNumber} slots used, "
                + $"{worker.Use.Tasks} tasks{(jobs.Length > 0 ? $" of {jobs}" : "")}{(member is null ? "" : shown.StatusOf(member))}"));
        }

        foreach (MemberView member in shown.Unregistered)
        {
            output.WriteLine($"  {member.Node}  not registered{shown.StatusOf(member)}");
        }

        output.WriteLine(shown.Jobs.Any() ? "Jobs" : "Jobs: none");
        foreach (JobOverview job in shown.Jobs)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {job.Id}  {job.State}  {job.Name}, {job.Tasks.GetValueOrDefault("total")} tasks"));
        }
    }

    private static void Write(Utf8JsonWriter json, Shown shown)
    {
        json.WriteObjects("coordinators", shown.Coordinators, (writer, member) =>
        {
            writer.WriteString("address", member.Node);
            writer.WriteBoolean("leads", shown.Leads(member));
            if (shown.EpochOf(member) is long epoch)
            {
                writer.WriteNumber("epoch", epoch);
            }

            writer.WriteString("status", member.Status);
            writer.WriteBoolean("reachable", !shown.IsUnreachable(member));
        });
        json.WriteObjects("workers", shown.Workers, (writer, worker) =>
        {
            writer.WriteString("name", worker.Id);
            if (shown.MemberOf(worker) is { } member)
            {
                writer.WriteString("address", member.Node);
                writer.WriteString("status", member.Status);
                writer.WriteBoolean("reachable", !shown.IsUnreachable(member));
            }

            writer.WriteString("dataAddress", worker.Path);
            writer.WriteNumber("slots", worker.SlotsNumber);
            writer.WriteNumber("freeSlots", worker.FreeSlots);
            writer.WriteNumber("tasks", worker.Use.Tasks);
            writer.WriteStartArray("jobs");
            foreach (string job in worker.Use.Jobs)
            {
                writer.WriteStringValue(job);
            }

            writer.WriteEndArray();
        });
        json.WriteObjects("jobs", shown.Jobs, (writer, job) =>
        {
            writer.WriteString("id", job.Id);
            writer.WriteString("name", job.Name);
            writer.WriteString("state", job.State);
            writer.WriteNumber("tasks", job.Tasks.GetValueOrDefault("total"));
        });
    }

    /// <summary>What is shown: the members, and what the coordinator that leads says of workers and jobs.</summary>
    private sealed record Shown(ClusterView View, IReadOnlyList<WorkerDetails> Workers, IReadOnlyList<JobOverview> AllJobs)
    {
        private readonly HashSet<string> _unreachable = [.. View.Unreachable.Select(member => member.Node)];

        public IEnumerable<MemberView> Coordinators => View.Members.Where(member => member.Roles.Contains(Coordinator));

        /// <summary>Workers that have joined the cluster, but have no link to the coordinator that leads. Only that one tells.</summary>
        public IEnumerable<MemberView> Unregistered =>
            View.Epoch is null ? [] : View.Members.Where(member => !member.Roles.Contains(Coordinator) && member.Worker is null);

        public IEnumerable<JobOverview> Jobs => AllJobs.Where(job => !RemoteJob.HasEnded(job.State));

        public bool Leads(MemberView member) => View.OldestPerRole.GetValueOrDefault(Coordinator) == member.Node;

        public long? EpochOf(MemberView member) => Leads(member) && member.Node == View.SelfNode ? View.Epoch : null;

        public bool IsUnreachable(MemberView member) => _unreachable.Contains(member.Node);

        public string StatusOf(MemberView member) =>
            $"{(member.Status == "Up" ? "" : $", {member.Status.ToLowerInvariant()}")}{(IsUnreachable(member) ? ", unreachable" : "")}";

        public MemberView? MemberOf(WorkerDetails worker) => View.Members.FirstOrDefault(member => member.Worker == worker.Id);

        public string NameOf(string job) => AllJobs.FirstOrDefault(one => one.Id == job)?.Name ?? job;
    }
}
