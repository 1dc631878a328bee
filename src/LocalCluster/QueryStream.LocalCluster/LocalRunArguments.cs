using QueryStream.Core.Errors;

namespace QueryStream.Local;

/// <summary>The options of a run among the arguments of a program, with the spellings of Flink's command line.</summary>
public static class LocalRunArguments
{
    private const string EngineOption = "-D";

    /// <summary>The help of the options: a line for each.</summary>
    internal static IReadOnlyList<(string Option, string Text)> Help { get; } =
    [
        ("--from-savepoint PATH|latest, -s", "start from a checkpoint or savepoint, or from the latest checkpoint if there is one"),
        ("--allow-non-restored-state, -n", "drop state that no operator of the job claims"),
        ("-D KEY=VALUE", "a setting of the engine, such as -D execution.checkpointing.dir=file:///PATH"),
        ("--stop-with-savepoint DIR", "Ctrl-C takes a savepoint in DIR and stops; a second Ctrl-C meanwhile cancels; if it fails, try again"),
        ("--drain", "end event time before that savepoint, so that all windows fire"),
    ];

    /// <summary>Takes the options out of the arguments.</summary>
    /// <param name="arguments">The arguments of a program.</param>
    /// <param name="options">The values of options that are not given.</param>
    /// <returns>The options, and the other arguments in their order.</returns>
    /// <exception cref="SettingException">An option has no value, or a setting of the engine is malformed or given twice.</exception>
    public static (LocalRunOptions Options, IReadOnlyList<string> Others) Take(IReadOnlyList<string> arguments, LocalRunOptions options)
    {
        List<string> others = [];
        List<string> engine = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            int equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            switch (equals < 0 ? argument : argument[..equals])
            {
                case "--from-savepoint" or "--fromSavepoint" or "-s":
                    options = options with { FromSavepoint = Value() };
                    break;
                case "--stop-with-savepoint":
                    options = options with { StopWithSavepoint = Value() };
                    break;
                case "--allow-non-restored-state" or "--allowNonRestoredState" or "-n" when equals < 0:
                    options = options with { AllowNonRestoredState = true };
                    break;
                case "--drain" when equals < 0:
                    options = options with { Drain = true };
                    break;
                case EngineOption:
                    engine.Add(Value());
                    break;
                case { } joined when joined.StartsWith(EngineOption, StringComparison.Ordinal):
                    engine.Add(argument[EngineOption.Length..]);
                    break;
                default:
                    others.Add(argument);
                    break;
            }

            string Value() => equals >= 0 ? argument[(equals + 1)..]
                : i + 1 < arguments.Count ? arguments[++i]
                : throw new SettingException(argument, "needs a value.");
        }

        return (engine.Count == 0 ? options : options with { Engine = ParseEngine(engine, options.Engine) }, others);
    }

    /// <summary>Parses settings of the engine: <c>KEY=VALUE</c>.</summary>
    /// <param name="arguments">The settings.</param>
    /// <param name="defaults">The values of settings that are not given.</param>
    /// <exception cref="SettingException">One has another form, or is given twice.</exception>
    public static IReadOnlyDictionary<string, string> ParseEngine(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? defaults = null)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new SettingException(
                    argument, "is not a setting of the engine. Write -D KEY=VALUE, for example -D execution.checkpointing.interval=10s.");
            }

            string name = argument[..equals].Trim();
            if (!given.TryAdd(name, argument[(equals + 1)..].Trim()))
            {
                throw new SettingException(name, "is given twice.");
            }
        }

        foreach ((string name, string value) in defaults ?? new Dictionary<string, string>())
        {
            given.TryAdd(name, value);
        }

        return given;
    }
}
