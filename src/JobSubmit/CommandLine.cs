using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Commands;
using QueryStream.JobSubmit.Output;
using QueryStream.Local;

namespace QueryStream.JobSubmit;

/// <summary>The command line as a whole: exit code 0 where it did what was asked, also when it was told to stop; else 1 and one line on stderr.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">What stands behind the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="stop">Ends the command cleanly.</param>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken stop)
    {
        (string[] command, string[] settings) = SettingArguments.Split(arguments);
        ParseResult parsed = Root(new CommandContext(terminal, settings)).Parse(command);
        if (parsed.Errors.Count > 0)
        {
            terminal.WriteError(Describe(parsed));
            return Failure;
        }

        try
        {
            if (settings.Length > 0 && !TakesSettings(parsed))
            {
                throw new UsageException($"'{parsed.CommandResult.Command.Name}' takes no settings behind --.");
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
            terminal.WriteError(UserErrors.Message(e));
            return Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Success;
        }
        catch (Exception e)
        {
            // The top of the process: a defect. Whoever reports it needs all of it.
            terminal.WriteError($"unexpected: {e.GetType().Name}: {e.Message}");
            await terminal.Error.WriteLineAsync(e.ToString());
            return Failure;
        }
    }

    private static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("QueryStream: stream processing in the shape of Apache Flink, for .NET.");
        root.Subcommands.Add(DemoCommand.Create(context));
        root.Subcommands.Add(RunCommand.Create(context));
        root.Subcommands.Add(InfoCommand.Create(context));
        root.Subcommands.Add(JobsCommand.Create(context));
        root.Subcommands.Add(ProduceCommand.Create(context));
        root.Subcommands.Add(BenchCommand.Create(context));
        return root;
    }

    private static bool TakesSettings(ParseResult parsed) => parsed.CommandResult.Command.Name is RunCommand.Name or InfoCommand.Name or DemoCommand.Name or BenchCommand.Analytics;

    // As it is typed: querystream bench analytics.
    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{Path(parent)} {command.Name}"
        : "querystream";

    // One line: what is wrong first, and what there is.
    private static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "querystream" : command.Name;
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null && unknown.StartsWith('-'))
        {
            IEnumerable<string> options = command.Options.Where(option => !option.Hidden).Select(option => option.Name).Order(StringComparer.Ordinal);
            return $"'{name}' has no option '{unknown}'. There are: {string.Join(", ", options)}.";
        }

        if (command.Subcommands.Count > 0)
        {
            string commands = string.Join(", ", command.Subcommands.Select(sub => sub.Name));
            return unknown is null
                ? $"'{name}' needs a command: {commands}."
                : $"There is no command '{unknown}'. There are: {commands}.";
        }

        return unknown is null ? parsed.Errors[0].Message : $"'{name}' does not expect '{unknown}'. See {Path(command)} --help.";
    }
}
