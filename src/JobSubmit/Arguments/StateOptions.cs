using System.CommandLine;
using QueryStream.Core.Errors;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The options of a run about state: what it starts from, how it is saved, and how it stops. Created anew for each command.</summary>
internal sealed class StateOptions
{
    private const string Engine = "-D";

    private readonly Option<string?> _from = new("--from-savepoint", "--fromSavepoint", "-s")
    {
        Description = "The checkpoint or savepoint to start from, or 'latest': the latest checkpoint of the job, if there is one",
        HelpName = "PATH|latest",
    };

    private readonly Option<bool> _allow = new("--allow-non-restored-state", "--allowNonRestoredState", "-n")
    {
        Description = "Drop state that no operator of the job claims, instead of refusing to start",
    };

    private readonly Option<string[]> _engine = CreateEngine();

    private readonly Option<string?> _stop = new("--stop-with-savepoint")
    {
        Description = "Ctrl-C takes a savepoint in this directory and stops the job; a second Ctrl-C meanwhile cancels it. If the savepoint "
            + "fails, the job goes on, and the next Ctrl-C tries again",
        HelpName = "DIR",
    };

    private readonly Option<bool> _drain = new("--drain")
    {
        Description = "End event time before that savepoint, so that all windows fire: for a job that is not to be continued",
    };

    /// <summary>The option for settings of the engine, for a command that has none of the others.</summary>
    public static Option<string[]> CreateEngine() => new(Engine)
    {
        Description = "A setting of the engine by Flink's name, for example -D execution.checkpointing.dir=file:///PATH; docs/state.md lists them",
        HelpName = "KEY=VALUE",
    };

    /// <summary>The settings of the engine that were given.</summary>
    /// <exception cref="SettingException">One is malformed or given twice.</exception>
    public static IReadOnlyDictionary<string, string> ParseEngine(ParseResult parsed, Option<string[]> option) =>
        LocalRunArguments.ParseEngine(parsed.GetValue(option) ?? []);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_from);
        command.Options.Add(_allow);
        command.Options.Add(_engine);
        command.Options.Add(_stop);
        command.Options.Add(_drain);
    }

    /// <summary>What was given.</summary>
    /// <exception cref="SettingException">A setting of the engine is malformed or given twice.</exception>
    public LocalRunOptions Parse(ParseResult parsed) => new()
    {
        FromSavepoint = parsed.GetValue(_from),
        AllowNonRestoredState = parsed.GetValue(_allow),
        Engine = ParseEngine(parsed, _engine),
        StopWithSavepoint = parsed.GetValue(_stop),
        Drain = parsed.GetValue(_drain),
    };
}
