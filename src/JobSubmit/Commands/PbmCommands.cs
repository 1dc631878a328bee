using System.CommandLine;
using QueryStream.Cluster.Management;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Commands;

/// <summary>The commands of Petabridge.Cmd that this cluster can answer, for those who know them.</summary>
internal static class PbmCommands
{
    public static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("Shows and changes the members of a cluster with the commands of Petabridge.Cmd, over HTTP: pbm [HOST:PORT] COMMAND.");
        Command cluster = new("cluster", "The members of Akka's cluster.");
        cluster.Subcommands.Add(CreateShow(context));
        cluster.Subcommands.Add(MemberCommands.CreateLeave(context));
        cluster.Subcommands.Add(MemberCommands.CreateDown(context));
        cluster.Subcommands.Add(MemberCommands.CreateDownUnreachable(context));
        cluster.Subcommands.Add(MemberCommands.CreateJoin(context));
        root.Subcommands.Add(cluster);
        root.Subcommands.Add(ShardCommands.CreateSharding(context));
        root.Subcommands.Add(ShardCommands.CreateActor(context));
        return root;
    }

    private static Command CreateShow(CommandContext context)
    {
        Command command = new("show", "List the members of the cluster.");
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            ClusterView view = await client.MembersAsync(stop);
            MemberText.Write(context.Terminal.Out, view);
            return 0;
        });
        return command;
    }
}
