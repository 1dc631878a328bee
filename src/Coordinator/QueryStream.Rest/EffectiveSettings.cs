using System.Text.RegularExpressions;

namespace QueryStream.Rest;

/// <summary>What this process was started with, by Flink's keys. A host registers its own to have them shown; secrets are hidden.</summary>
/// <param name="values">The values by key.</param>
public sealed partial class EffectiveSettings(IEnumerable<KeyValuePair<string, string>> values)
{
    private const string Hidden = "******";

    private static readonly string[] SecretWords =
    [
        "password", "passphrase", "pwd", "secret", "token", "credential", "sasl", "apikey", "accesskey", "accountkey", "servicekey", "privatekey",
        "keypem", "authparams", "basicauth", "jaasconfig", "httpheaders",
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
        IsSecret(key) ? Hidden : Assigned().Replace(UserInfo().Replace(value, $"//{Hidden}@"), $"$1={Hidden}");

    // access-key, access_key, access.key and accessKey are one word.
    private static bool IsSecret(string key)
    {
        string plain = Separators().Replace(key, "");
        return Array.Exists(SecretWords, word => plain.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex("[-_.]")]
    private static partial Regex Separators();

    // Of a connection string.
    [GeneratedRegex("(password|pwd)\\s*=\\s*[^;,&]+", RegexOptions.IgnoreCase)]
    private static partial Regex Assigned();

    [GeneratedRegex("//[^/@\\s]+@")]
    private static partial Regex UserInfo();
}
