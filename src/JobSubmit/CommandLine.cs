using System.CommandLine;
using QueryStream.Cluster.Host.Commands;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Commands;

namespace QueryStream.JobSubmit;

/// <summary>The command line as a whole. Exit code 0 if the command succeeded or was stopped, else 1 with one line on stderr.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="stop">Stops the command cleanly.</param>
    /// <param name="nextStop">Asks that the next stop, after the first one, cancels a token; null: there is none.</param>
    /// <param name="program">The name by which the program was called.</param>
    public static async Task<int> RunAsync(
        string[] arguments,
        Terminal terminal,
        CancellationToken stop,
        Func<CancellationToken>? nextStop = null,
        ProgramName program = ProgramName.QueryStream)
    {
        (string[] command, string[] settings) = SettingArguments.Split(program switch
        {
            ProgramName.Flink => FlinkArguments.Translate(arguments),
            ProgramName.Pbm => PbmArguments.Translate(arguments),
            _ => arguments,
        });
        CommandContext context = new(terminal, settings) { NextStop = nextStop ?? (static () => CancellationToken.None), Program = program };
        CommandProgram runner = new(program == ProgramName.Pbm ? "pbm" : "querystream", terminal.Out, terminal.Error)
        {
            TakesSettings = TakesSettings,
        };
        return await runner.RunAsync(program == ProgramName.Pbm ? PbmCommands.Root(context) : Root(context), command, settings, stop);
    }

    private static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("QueryStream: stream processing in the shape of Apache Flink, for .NET.");
        root.Subcommands.Add(DemoCommand.Create(context));
        root.Subcommands.Add(RunCommand.Create(context));
        root.Subcommands.Add(ListCommand.Create(context));
        root.Subcommands.Add(InfoCommand.Create(context));
        root.Subcommands.Add(EventsCommand.Create(context));
        root.Subcommands.Add(WhyCommand.Create(context));
        root.Subcommands.Add(CancelCommand.Create(context));
        root.Subcommands.Add(StopCommand.Create(context));
        root.Subcommands.Add(SavepointCommand.Create(context));
        root.Subcommands.Add(RescaleCommand.Create(context));
        root.Subcommands.Add(StateCommand.Create(context));
        root.Subcommands.Add(ClusterCommand.Create(context));
        root.Subcommands.Add(LogsCommand.Create(context));
        root.Subcommands.Add(NodeCommands.CreateCoordinator());
        root.Subcommands.Add(NodeCommands.CreateWorker());
        root.Subcommands.Add(JobsCommand.Create(context));
        root.Subcommands.Add(ProduceCommand.Create(context));
        root.Subcommands.Add(BenchCommand.Create(context));
        root.Subcommands.Add(CheckpointCommand.Create(context));
        root.Subcommands.Add(ChaosCommand.Create(context));
        return root;
    }

    private static bool TakesSettings(Command command) =>
        command.Name is RunCommand.Name or InfoCommand.Name or DemoCommand.Name or BenchCommand.Analytics or ChaosCommand.Name;
}
