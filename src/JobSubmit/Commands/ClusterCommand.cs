using System.CommandLine;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster</c>: the processes of a cluster.</summary>
internal static class ClusterCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("cluster", "Start and stop a cluster on this machine; show and change the processes of any cluster.");
        command.Subcommands.Add(MachineCommands.CreateStart(context));
        command.Subcommands.Add(MachineCommands.CreateStop(context));
        command.Subcommands.Add(ClusterShowCommand.Create(context));
        command.Subcommands.Add(ShardCommands.CreateShards(context));
        command.Subcommands.Add(MemberCommands.CreateMembers(context));
        command.Subcommands.Add(MemberCommands.CreateLeave(context));
        command.Subcommands.Add(MemberCommands.CreateDown(context));
        command.Subcommands.Add(MemberCommands.CreateDownUnreachable(context));
        command.Subcommands.Add(CertificatesCommand.Create(context));
        return command;
    }
}
