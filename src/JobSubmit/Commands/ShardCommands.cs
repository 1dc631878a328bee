using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using QueryStream.Cluster.Management;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster shards</c>, and what <c>pbm</c> shows of the shard region: where the keyed actors of jobs are.</summary>
internal static class ShardCommands
{
    private const string Keys = "keys";

    public static Command CreateShards(CommandContext context)
    {
        Argument<string?> job = new("JOB") { Description = "A job's id or name; without it all that run", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Print one JSON object" };
        Command command = new("shards", "Show the shards of jobs: their slots with tasks, operators and key groups.") { job, json };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            IReadOnlyList<JobOverview> jobs = await client.JobsAsync(stop);
            string? id = parsed.GetValue(job) is { } given ? await StateCommand.JobIdOfAsync(client, given, stop) : null;
            ClusterView members = await client.MembersAsync(stop);
            ShardsView region = await client.ShardsAsync(Keys, stop);
            List<(string Id, string Name, IReadOnlyList<JobShardDetails> Shards)> shown = [];
            foreach (JobOverview one in jobs.Where(one => id is null ? !RemoteJob.HasEnded(one.State) : one.Id == id))
            {
                shown.Add((one.Id, one.Name, await client.JobShardsAsync(one.Id, stop)));
            }

            if (id is not null && shown.Count == 0)
            {
                throw new UsageException($"There is no job {id}. querystream list -a shows those that there are.");
            }

            Placed placed = new(members, region);
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(JsonText.Of(writer => Write(writer, shown, placed)));
            }
            else
            {
                Write(context.Terminal.Out, shown, placed);
            }

            return 0;
        });
        return command;
    }

    /// <summary><c>pbm cluster-sharding</c>.</summary>
    public static Command CreateSharding(CommandContext context)
    {
        Command command = new("cluster-sharding", "The shard regions of the cluster.");
        command.Subcommands.Add(Create(context, "list-regions", "List the shard regions.", static async (client, _, output, stop) =>
        {
            foreach (string region in await client.RegionsAsync(stop))
            {
                await output.WriteLineAsync(region);
            }
        }));
        command.Subcommands.Add(Create(context, "region-stats", "Count shards and entities by node.", static async (client, region, output, stop) =>
            WriteStats(output, await client.ShardsAsync(region, stop))));
        command.Subcommands.Add(Create(context, "list-shards", "List the shards of a region.", static async (client, region, output, stop) =>
        {
            ShardsView view = await client.ShardsAsync(region, stop);
            foreach (ShardView shard in view.Regions)
            {
                await output.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{shard.ShardId} | {shard.Node} | {shard.NumEntities} entities"));
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Count: {view.Regions.Count} shards"));
        }));
        return command;
    }

    /// <summary><c>pbm actor</c>.</summary>
    public static Command CreateActor(CommandContext context)
    {
        Command command = new("actor", "The actors of one process.");
        Command hierarchy = new("hierarchy", "List the actors of the process that is asked.");
        ClusterOption cluster = new();
        cluster.AddTo(hierarchy);
        hierarchy.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            ActorsView view = await client.ActorsAsync(stop);
            await context.Terminal.Out.WriteLineAsync(view.SelfNode);
            foreach (string path in view.Actors)
            {
                int depth = path.Count(character => character == '/');
                await context.Terminal.Out.WriteLineAsync($"{new string(' ', 2 * depth)}{path[path.LastIndexOf('/')..]}");
            }

            return 0;
        });
        command.Subcommands.Add(hierarchy);
        return command;
    }

    private static Command Create(
        CommandContext context, string name, string description, Func<ClusterClient, string, TextWriter, CancellationToken, Task> write)
    {
        Option<string> region = new("--region", "-r") { Description = "The region", HelpName = "NAME", DefaultValueFactory = static _ => Keys };
        Command command = new(name, description) { region };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            await write(client, parsed.GetValue(region)!, context.Terminal.Out, stop);
            return 0;
        });
        return command;
    }

    private static void WriteStats(TextWriter output, ShardsView view)
    {
        foreach (string node in view.Nodes)
        {
            ShardView[] shards = [.. view.Regions.Where(shard => shard.Node == node)];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{node} | {shards.Length} shards | {shards.Sum(shard => shard.NumEntities)} entities"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Count: {view.Regions.Count} shards, {view.Regions.Sum(shard => shard.NumEntities)} entities"));
    }

    private static void Write(TextWriter output, List<(string Id, string Name, IReadOnlyList<JobShardDetails> Shards)> jobs, Placed placed)
    {
        if (jobs.Count == 0)
        {
            output.WriteLine("No job runs.");
        }

        foreach ((string id, string name, IReadOnlyList<JobShardDetails> shards) in jobs)
        {
            output.WriteLine($"{name} ({id})");
            foreach (JobShardDetails shard in shards)
            {
                string slot = shard.Worker is null ? "no slot" : string.Create(CultureInfo.InvariantCulture, $"{shard.Worker}/{shard.Slot}");
                output.WriteLine($"  {shard.Shard}  {slot}{placed.TextOf(shard)}");
                foreach (ShardTask task in shard.Tasks)
                {
                    string keys = task.Operators.Count == 0 ? ""
                        : $", key groups {string.Join(", ", task.KeyGroups.Select(TextOf))} of {string.Join(", ", task.Operators)}";
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {task.Name}  {task.Status}, attempt {task.Attempt}{keys}"));
                }
            }
        }
    }

    private static string TextOf(KeyGroupRange range) => range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");

    private static void Write(
        Utf8JsonWriter json, List<(string Id, string Name, IReadOnlyList<JobShardDetails> Shards)> jobs, Placed placed) =>
        json.WriteObjects("jobs", jobs, (writer, job) =>
        {
            writer.WriteString("id", job.Id);
            writer.WriteString("name", job.Name);
            writer.WriteStartArray("shards");
            foreach (JobShardDetails shard in job.Shards)
            {
                writer.WriteStartObject();
                writer.WriteString("node", placed.Find(shard)?.Node);
                writer.WriteNumber("entities", placed.Find(shard)?.NumEntities ?? 0);
                writer.WritePropertyName("shard");
                JsonSerializer.Serialize(writer, shard, RestJson.Default.JobShardDetails);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });

    /// <summary>Where the region has its shards now. A shard that nobody has asked for yet is nowhere.</summary>
    private sealed record Placed(ClusterView Members, ShardsView Region)
    {
        public ShardView? Find(JobShardDetails shard) => Region.Regions.FirstOrDefault(one => one.ShardId == shard.Shard);

        public string TextOf(JobShardDetails shard)
        {
            if (Find(shard) is not { } found)
            {
                return "";
            }

            string? wanted = Members.Members.FirstOrDefault(member => member.Worker is not null && member.Worker == shard.Worker)?.Node;
            string moving = wanted is null || wanted == found.Node ? "" : $", still at {found.Node}";
            return string.Create(CultureInfo.InvariantCulture, $"  {found.NumEntities} keyed actors{moving}");
        }
    }
}
