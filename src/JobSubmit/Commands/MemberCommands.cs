using System.CommandLine;
using System.Text.Json;
using QueryStream.Cluster.Management;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster members</c>, <c>leave</c>, <c>down</c>, <c>down-unreachable</c> and <c>join</c>: the members of Akka's cluster.</summary>
internal static class MemberCommands
{
    public static Command CreateMembers(CommandContext context)
    {
        Option<bool> json = Json();
        Command command = new("members", "List the members of the cluster as Akka sees them.") { json };
        AddTo(command, out ClusterOption cluster);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            ClusterView view = await client.MembersAsync(stop);
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(JsonSerializer.Serialize(view, ManagementJson.Default.ClusterView));
                return 0;
            }

            MemberText.Write(context.Terminal.Out, view);
            return 0;
        });
        return command;
    }

    public static Command CreateLeave(CommandContext context) => Change(
        context,
        "leave",
        "Ask a process to stop: it ends its tasks and leaves the cluster.",
        "Leaving",
        static (client, address, stop) => client.LeaveAsync(address, stop));

    public static Command CreateDown(CommandContext context) => Change(
        context,
        "down",
        "Declare a process dead. If it lives, it ends at once.",
        "Downing",
        static (client, address, stop) => client.DownAsync(address, stop));

    public static Command CreateDownUnreachable(CommandContext context)
    {
        Option<bool> json = Json();
        Command command = new("down-unreachable", "Declare all processes dead that do not answer.") { json };
        AddTo(command, out ClusterOption cluster, out TokenOption token);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed, token.Of(parsed));
            ClusterView view = await client.MembersAsync(stop);
            string[] silent = [.. view.Unreachable.Select(member => member.Node)];
            foreach (string address in silent)
            {
                await client.DownAsync(address, stop);
            }

            string[] lines = silent.Length == 0 ? ["No member is unreachable."] : [.. silent.Select(address => $"Downing {address}")];
            Report(context, parsed.GetValue(json), "down", silent, lines);
            return 0;
        });
        return command;
    }

    public static Command CreateJoin(CommandContext context)
    {
        NodeArgument node = new("The address of a member of the cluster to join, as Akka writes it: akka.tcp://NAME@HOST:PORT");
        Command command = new("join", "Make the process that is asked join a cluster. It must be waiting for one.");
        node.AddTo(command);
        AddTo(command, out ClusterOption cluster, out TokenOption token);
        command.SetAction(async (parsed, stop) =>
        {
            string address = node.Of(parsed);
            using ClusterClient client = cluster.Connect(parsed, token.Of(parsed));
            await client.JoinAsync(address, stop);
            await context.Terminal.Out.WriteLineAsync($"Joining {address}");
            return 0;
        });
        return command;
    }

    private static Command Change(
        CommandContext context, string name, string description, string done, Func<ClusterClient, string, CancellationToken, Task> change)
    {
        NodeArgument node = new("The process: a worker's name, or an address as Akka writes it: akka.tcp://NAME@HOST:PORT");
        Option<bool> json = Json();
        Command command = new(name, description) { json };
        node.AddTo(command);
        AddTo(command, out ClusterOption cluster, out TokenOption token);
        command.SetAction(async (parsed, stop) =>
        {
            string wanted = node.Of(parsed);
            using ClusterClient client = cluster.Connect(parsed, token.Of(parsed));
            string address = Find(await client.MembersAsync(stop), wanted);
            await change(client, address, stop);
            Report(context, parsed.GetValue(json), name, [address], [$"{done} {address}"]);
            return 0;
        });
        return command;
    }

    /// <summary>The address of a member that is named by its worker's name, or by its address with or without the protocol.</summary>
    /// <exception cref="UsageException">There is no such member.</exception>
    internal static string Find(ClusterView view, string node)
    {
        MemberView? found = view.Members.FirstOrDefault(member => member.Worker == node || member.Node == node)
            ?? view.Members.FirstOrDefault(member => member.Node.EndsWith($"://{node}", StringComparison.Ordinal));
        if (found is not null)
        {
            return found.Node;
        }

        // Only the coordinator that leads knows names.
        string others = view.Epoch is null && !node.Contains('@', StringComparison.Ordinal)
            ? $" {view.SelfNode} does not lead and knows no names of workers: give the address, or ask the coordinator that leads."
            : "";
        string there = string.Join(", ", view.Members.Select(member => member.Worker is null ? member.Node : $"{member.Worker} ({member.Node})"));
        throw new UsageException($"There is no member '{node}'.{others} There are: {there}.");
    }

    private static void Report(CommandContext context, bool isJson, string operation, string[] addresses, string[] lines)
    {
        if (isJson)
        {
            context.Terminal.Out.WriteLine(JsonText.Of(json =>
            {
                json.WriteString("operation", operation);
                json.WriteStartArray("nodes");
                Array.ForEach(addresses, json.WriteStringValue);
                json.WriteEndArray();
            }));
            return;
        }

        Array.ForEach(lines, context.Terminal.Out.WriteLine);
    }

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object" };

    private static void AddTo(Command command, out ClusterOption cluster)
    {
        cluster = new ClusterOption();
        cluster.AddTo(command);
    }

    private static void AddTo(Command command, out ClusterOption cluster, out TokenOption token)
    {
        AddTo(command, out cluster);
        token = new TokenOption();
        token.AddTo(command);
    }
}
