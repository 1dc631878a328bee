using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Commands;
using QueryStream.Local;

namespace QueryStream.JobSubmit;

/// <summary>The command line as a whole. Exit code 0 if the command succeeded or was stopped, else 1 with one line on stderr.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;

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
        ParseResult parsed = (program == ProgramName.Pbm ? PbmCommands.Root(context) : Root(context)).Parse(StateOptions.Expand(command));
        if (parsed.Errors.Count > 0)
        {
            terminal.WriteError(Describe(parsed, program));
            return Failure;
        }

        try
        {
            if (settings.Length > 0 && !TakesSettings(parsed))
            {
                throw new UsageException($"'{parsed.CommandResult.Command.Name}' takes no settings after --.");
            }

            InvocationConfiguration invocation = new()
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, stop);
        }
        catch (QueryStreamException e)
        {
            await terminal.Error.WriteLineAsync(ReportedErrors.LineOf(e));
            return Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Success;
        }
        catch (Exception e)
        {
            // The top of the process: a bug in QueryStream, reported with its stack trace.
            await terminal.Error.WriteLineAsync(e.ToString());
            terminal.WriteError($"unexpected: {e.GetType().Name}: {e.Message}");
            return Failure;
        }
    }

    private static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("QueryStream: stream processing in the shape of Apache Flink, for .NET.");
        root.Subcommands.Add(DemoCommand.Create(context));
        root.Subcommands.Add(RunCommand.Create(context));
        root.Subcommands.Add(ListCommand.Create(context));
        root.Subcommands.Add(InfoCommand.Create(context));
        root.Subcommands.Add(CancelCommand.Create(context));
        root.Subcommands.Add(StopCommand.Create(context));
        root.Subcommands.Add(SavepointCommand.Create(context));
        root.Subcommands.Add(StateCommand.Create(context));
        root.Subcommands.Add(ClusterCommand.Create(context));
        root.Subcommands.Add(NodeCommands.CreateCoordinator());
        root.Subcommands.Add(NodeCommands.CreateWorker());
        root.Subcommands.Add(JobsCommand.Create(context));
        root.Subcommands.Add(ProduceCommand.Create(context));
        root.Subcommands.Add(BenchCommand.Create(context));
        root.Subcommands.Add(CheckpointCommand.Create(context));
        root.Subcommands.Add(ChaosCommand.Create(context));
        return root;
    }

    private static bool TakesSettings(ParseResult parsed) =>
        parsed.CommandResult.Command.Name is RunCommand.Name or InfoCommand.Name or DemoCommand.Name or BenchCommand.Analytics or ChaosCommand.Name;

    // As typed: querystream bench analytics.
    private static string Path(Command command, string root) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{Path(parent, root)} {command.Name}"
        : root;

    // One line: what is wrong, then what is possible.
    private static string Describe(ParseResult parsed, ProgramName program)
    {
        Command command = parsed.CommandResult.Command;
        string root = program == ProgramName.Pbm ? "pbm" : "querystream";
        string name = command is RootCommand ? root : command.Name;
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null && unknown.StartsWith('-'))
        {
            string[] options = [.. command.Options.Where(option => !option.Hidden).Select(option => option.Name).Order(StringComparer.Ordinal)];
            string existing = options.Length == 0 ? "It has none." : $"There are: {string.Join(", ", options)}.";
            string remedy = unknown.Contains('=', StringComparison.Ordinal) && TakesSettings(parsed)
                ? $" Settings of the job come after --: {Path(command, root)} ... -- {unknown}"
                : "";
            return $"'{name}' has no option '{unknown.Split('=')[0]}'. {existing}{remedy}";
        }

        if (command.Subcommands.Count > 0)
        {
            string commands = string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));
            return unknown is null
                ? $"'{name}' needs a command: {commands}."
                : $"There is no command '{unknown}'. There are: {commands}.";
        }

        return unknown is null ? parsed.Errors[0].Message : $"'{name}' does not expect '{unknown}'. See {Path(command, root)} --help.";
    }
}
