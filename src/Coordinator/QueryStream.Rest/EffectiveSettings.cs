using System.Text.RegularExpressions;

namespace QueryStream.Rest;

/// <summary>What this process was started with, by Flink's keys. A host registers its own to have them shown; secrets are hidden.</summary>
/// <param name="values">The values by key.</param>
public sealed partial class EffectiveSettings(IEnumerable<KeyValuePair<string, string>> values)
{
    private const string Hidden = "******";

    private static readonly string[] SecretWords =
    [
        "password", "secret", "token", "apikey", "api-key", "access-key", "private-key", "sasl", "credential",
    ];

    /// <summary>None.</summary>
    public static EffectiveSettings None { get; } = new([]);

    /// <summary>The values by key, sorted, without secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values { get; } =
    [
        .. values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => KeyValuePair.Create(value.Key, Shown(value.Key, value.Value))),
    ];

    /// <summary>A value as anyone may see it: all of it is hidden where its name says that it is a secret, and a password in an address is.</summary>
    public static string Shown(string key, string value) =>
        SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) ? Hidden : UserInfo().Replace(value, $"//{Hidden}@");

    [GeneratedRegex("//[^/@\\s]+@")]
    private static partial Regex UserInfo();
}
