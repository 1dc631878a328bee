using QueryStream.Core.Errors;

namespace QueryStream.Web.Submitting;

/// <summary>
/// Settings as people write them: a line <c>key=value</c> or <c>key: value</c> for each. Empty lines, and those that begin with a #, mean nothing.
/// </summary>
internal static class SettingLines
{
    private static readonly char[] Separators = ['=', ':'];

    /// <summary>The settings.</summary>
    /// <exception cref="SettingException">A line is none, or a key appears twice.</exception>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (string line in LinesOf(text))
        {
            int separator = line.IndexOfAny(Separators);
            if (separator < 1)
            {
                throw new SettingException(line, "The line is not of the form key=value.");
            }

            if (!settings.TryAdd(KeyOf(line), line[(separator + 1)..].Trim()))
            {
                throw new SettingException(KeyOf(line), "It is set twice.");
            }
        }

        return settings;
    }

    /// <summary>Whether a line sets a key, or is it.</summary>
    public static bool Mentions(string text, string key) => LinesOf(text).Any(line => line == key || KeyOf(line) == key);

    private static IEnumerable<string> LinesOf(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#');

    private static string KeyOf(string line) => line.Split(Separators, 2)[0].Trim();
}
