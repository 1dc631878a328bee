using QueryStream.Coordinator;
using QueryStream.Streams.Settings;

namespace QueryStream.Web.Texts;

/// <summary>Settings as pages show them: without passwords and the like.</summary>
internal static class SecretSettings
{
    private const string Hidden = "******";

    // As Flink, by parts of the name.
    private static readonly string[] Words = ["password", "secret", "token", "apikey", "api-key", "access-key", "credential", "sasl", "private-key"];

    /// <summary>The value of a setting, or stars.</summary>
    public static string Hide(string name, string value)
    {
        if (Array.Exists(Words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return Hidden;
        }

        // An address may hold a user and a password.
        return Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0
            ? value.Replace(uri.UserInfo, Hidden, StringComparison.Ordinal)
            : value;
    }

    /// <summary>The settings of the engine that a job runs with, those with their defaults too.</summary>
    public static IEnumerable<(string Name, string Value)> EffectiveOf(ExecutionOptions options) =>
        SettingsBinder.Describe(options.Checkpoints).Concat(SettingsBinder.Describe(options.Restarts))
            .Select(setting => (setting.Name, Hide(setting.Name, setting.Default)));
}
