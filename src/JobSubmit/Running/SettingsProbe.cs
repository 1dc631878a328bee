using System.Collections;
using System.Diagnostics.CodeAnalysis;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Running;

/// <summary>Records which settings a job reads while it is defined: nothing else lists the settings of a user's job.</summary>
/// <param name="values">The values.</param>
internal sealed class SettingsProbe(IReadOnlyDictionary<string, string> values) : IReadOnlyDictionary<string, string>
{
    private readonly Dictionary<string, SettingInfo> _known = new(StringComparer.Ordinal);

    /// <summary>The settings that the job has read so far.</summary>
    public IReadOnlyList<SettingInfo> Known => [.. _known.Values];

    /// <summary>The settings to give to the job.</summary>
    public JobSettings Settings => new(this, bound =>
    {
        foreach (SettingInfo setting in bound)
        {
            _known[setting.Name] = setting;
        }
    });

    /// <inheritdoc/>
    public IEnumerable<string> Keys => values.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => values.Values;

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <inheritdoc/>
    public string this[string key] => TryGetValue(key, out string? value)
        ? value
        : throw new KeyNotFoundException($"There is no value for the setting '{key}'.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        _known.TryAdd(key, new SettingInfo(key, "", ""));
        return values.TryGetValue(key, out value);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
