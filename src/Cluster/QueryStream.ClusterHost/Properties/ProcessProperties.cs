using Microsoft.Extensions.Configuration;
using QueryStream.Core.Errors;
using QueryStream.Local;

namespace QueryStream.Cluster.Host.Properties;

/// <summary>
/// What a user has set by Flink's keys, from <c>appsettings.json</c>, <c>FLINK_PROPERTIES</c>, <c>QUERYSTREAM_PROPERTIES</c> and <c>-D</c>; the last
/// one that sets a key wins. One set may serve all processes of a cluster: each takes what concerns its role.
/// </summary>
internal sealed class ProcessProperties
{
    private const string SettingsFile = "appsettings.json";

    private static readonly string[] Variables = ["FLINK_PROPERTIES", "QUERYSTREAM_PROPERTIES"];

    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);

    private ProcessProperties()
    {
    }

    /// <summary>The values by key.</summary>
    public IEnumerable<KeyValuePair<string, string>> Values => _values.Select(value => KeyValuePair.Create(value.Key, value.Value.Text));

    /// <summary>Reads all sources.</summary>
    /// <param name="folder">Where <c>appsettings.json</c> is.</param>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <param name="commandLine">The arguments of <c>-D</c>, <c>KEY=VALUE</c>.</param>
    /// <exception cref="SettingException">A source has another form, or a key is unknown.</exception>
    public static ProcessProperties Read(string folder, Func<string, string?> variable, IEnumerable<string> commandLine)
    {
        ProcessProperties properties = new();
        properties.AddFile(folder);
        foreach (string name in Variables)
        {
            properties.AddLines(name, variable(name) ?? "");
        }

        foreach (string argument in commandLine)
        {
            int at = argument.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new SettingException("-D", $"'{argument}' has no value. Write -D KEY=VALUE.");
            }

            properties.Set(argument[..at].Trim(), argument[(at + 1)..].Trim(), "-D");
        }

        return properties;
    }

    /// <summary>The value of a key; null: it is not set.</summary>
    public string? Find(string key) => _values.GetValueOrDefault(key)?.Text;

    /// <summary>The error for the value of a key, which is set.</summary>
    public SettingException Error(string key, string problem) => new(key, $"{problem} It is set by {_values[key].Source}.");

    /// <summary>Adds the properties to the options of the command line, which win.</summary>
    public Dictionary<string, string?> Under(IEnumerable<KeyValuePair<string, string?>> options, NodeRole role)
    {
        Dictionary<string, string?> all = new(StringComparer.OrdinalIgnoreCase);
        foreach ((_, string key, string value) in PropertyKeys.Translate(this, role))
        {
            all[key] = value;
        }

        foreach ((string key, string? value) in options.Where(option => option.Value is not null))
        {
            all[key] = value;
        }

        return all;
    }

    /// <summary>The same error, about the key that the user has set, if it is about what a property sets.</summary>
    public SettingException Renamed(SettingException error, NodeRole role)
    {
        string? key = PropertyKeys.Translate(this, role)
            .FirstOrDefault(property => property.ConfigurationKey.Equals(error.Setting, StringComparison.OrdinalIgnoreCase)).Key;
        return key is null ? error : _values.ContainsKey(key) ? Error(key, error.Problem) : new SettingException(key, error.Problem);
    }

    // Other sections of the file, such as Logging, belong to .NET.
    private void AddFile(string folder)
    {
        using ConfigurationManager file = new();
        file.SetBasePath(folder);
        LocalHost.AddSettingsFile(file);
        foreach ((string path, string? text) in file.AsEnumerable())
        {
            string key = path.Replace(ConfigurationPath.KeyDelimiter, ".", StringComparison.Ordinal);
            if (text is not null && PropertyKeys.IsOfFlink(key))
            {
                Set(key, text, SettingsFile);
            }
        }
    }

    private void AddLines(string source, string lines)
    {
        int number = 0;
        foreach (string line in lines.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon <= 0)
            {
                // Not the line itself, which may hold a secret.
                throw new SettingException(source, $"line {number} is no setting. Write KEY: VALUE, with a blank after the colon.");
            }

            Set(line[..colon].Trim(), line[(colon + 2)..].Trim(), $"line {number} of {source}");
        }
    }

    private void Set(string key, string text, string source)
    {
        if (!PropertyKeys.IsKnown(key))
        {
            throw new SettingException(key, $"is unknown; the nearest key is {PropertyKeys.NearestTo(key)}. It is set by {source}.");
        }

        _values[key] = new Value(text, source);
    }

    private sealed record Value(string Text, string Source);
}
