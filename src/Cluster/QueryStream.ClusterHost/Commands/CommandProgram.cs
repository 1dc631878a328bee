using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.Local;

namespace QueryStream.Cluster.Host.Commands;

/// <summary>A program with a command line. Its exit code is 0 if the command succeeded or was stopped, else 1 with one line on stderr.</summary>
/// <param name="name">Its name, as it is typed.</param>
/// <param name="output">Where results go.</param>
/// <param name="error">Where errors go.</param>
public sealed class CommandProgram(string name, TextWriter output, TextWriter error)
{
    /// <summary>The exit code of a command that succeeded or was stopped.</summary>
    public const int Success = 0;

    /// <summary>The exit code of a command that failed.</summary>
    public const int Failure = 1;

    private const string Property = "-D";

    /// <summary>Whether a command has settings of a job behind <c>--</c>.</summary>
    public Func<Command, bool> TakesSettings { get; init; } = static _ => false;

    /// <summary>Runs a command line.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="arguments">The arguments, without those behind <c>--</c> if the command takes settings.</param>
    /// <param name="settings">The arguments behind <c>--</c>.</param>
    /// <param name="stop">Stops the command cleanly.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Command root, string[] arguments, IReadOnlyCollection<string> settings, CancellationToken stop)
    {
        ParseResult parsed = root.Parse(Expand(arguments));
        if (parsed.Errors.Count > 0)
        {
            WriteError(Describe(parsed));
            return Failure;
        }

        if (settings.Count > 0 && !TakesSettings(parsed.CommandResult.Command))
        {
            WriteError($"'{NameOf(parsed.CommandResult.Command)}' takes no settings after --.");
            return Failure;
        }

        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
        }
        catch (QueryStreamException e)
        {
            await error.WriteLineAsync(ReportedErrors.LineOf(e)).ConfigureAwait(false);
            return Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Success;
        }
        catch (Exception e)
        {
            // The top of the process: a bug in QueryStream, reported with its stack trace.
            await error.WriteLineAsync(e.ToString()).ConfigureAwait(false);
            WriteError($"unexpected: {e.GetType().Name}: {e.Message}");
            return Failure;
        }
    }

    // -DKEY=VALUE, as Flink's users write it, is the option and its value.
    private static string[] Expand(string[] arguments) =>
    [
        .. arguments.SelectMany(argument => argument.Length > Property.Length && argument.StartsWith(Property, StringComparison.Ordinal)
            ? new[] { Property, argument[Property.Length..] }
            : [argument]),
    ];

    private string NameOf(Command command) => command is RootCommand ? name : command.Name;

    // As typed: querystream bench analytics.
    private string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{Path(parent)} {command.Name}"
        : name;

    // One line: what is wrong, then what is possible.
    private string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null && unknown.StartsWith('-'))
        {
            string[] options = [.. command.Options.Where(option => !option.Hidden).Select(option => option.Name).Order(StringComparer.Ordinal)];
            string existing = options.Length == 0 ? "It has none." : $"There are: {string.Join(", ", options)}.";
            string remedy = unknown.Contains('=', StringComparison.Ordinal) && TakesSettings(command)
                ? $" Settings of the job come after --: {Path(command)} ... -- {unknown}"
                : "";
            return $"'{NameOf(command)}' has no option '{unknown.Split('=')[0]}'. {existing}{remedy}";
        }

        if (command.Subcommands.Count > 0)
        {
            string commands = string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));
            return unknown is null
                ? $"'{NameOf(command)}' needs a command: {commands}."
                : $"There is no command '{unknown}'. There are: {commands}.";
        }

        return unknown is null ? parsed.Errors[0].Message : $"'{NameOf(command)}' does not expect '{unknown}'. See {Path(command)} --help.";
    }

    private void WriteError(string message) => error.WriteLine($"ERROR: {message.ReplaceLineEndings(" ")}");
}
