using QueryStream.Core.Errors;

namespace QueryStream.Streams.Settings;

/// <summary>The settings of a job as captured at submission: names and values, as the user wrote them. Immutable.</summary>
/// <param name="values">The values by name.</param>
/// <param name="onBind">Called with the settings of each class that the job binds, so that a host can list them.</param>
public sealed class JobSettings(IReadOnlyDictionary<string, string> values, Action<IReadOnlyList<SettingInfo>>? onBind = null)
{
    /// <summary>No settings: all defaults.</summary>
    public static readonly JobSettings None = new(new Dictionary<string, string>());

    /// <summary>The values by name.</summary>
    public IReadOnlyDictionary<string, string> Values { get; } = values;

    /// <summary>Parses settings of a command line: <c>--name=value</c>.</summary>
    /// <exception cref="SettingException">An argument has another form, or a name occurs twice.</exception>
    public static Dictionary<string, string> Parse(IEnumerable<string> arguments)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || equals < 3)
            {
                throw new SettingException(argument, "is not a setting. Write --name=value, for example --window=10s.");
            }

            string name = argument[2..equals];
            if (!settings.TryAdd(name, argument[(equals + 1)..]))
            {
                throw new SettingException(name, "is given twice.");
            }
        }

        return settings;
    }

    /// <summary>Binds the values to the properties of a class that have a <see cref="SettingAttribute"/>.</summary>
    /// <exception cref="SettingException">A name is unknown or a value is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The class declares a setting that cannot be bound.</exception>
    public T Bind<T>()
        where T : new()
    {
        onBind?.Invoke(SettingsBinder.Describe<T>());
        return SettingsBinder.Bind<T>(Values);
    }
}
