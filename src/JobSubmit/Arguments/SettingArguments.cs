using QueryStream.Core.Errors;
using QueryStream.Jobs;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The settings of a job, as they stand behind <c>--</c>.</summary>
internal static class SettingArguments
{
    /// <summary>Splits a command line at the first <c>--</c>.</summary>
    public static (string[] Command, string[] Settings) Split(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--");
        return at < 0 ? (arguments, []) : (arguments[..at], arguments[(at + 1)..]);
    }

    /// <summary>Reads <c>--name=value</c>, again and again.</summary>
    /// <exception cref="SettingException">One is written otherwise, or twice.</exception>
    public static Dictionary<string, string> Parse(IEnumerable<string> arguments)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || equals < 3)
            {
                throw new SettingException(argument, "is not written as a setting. Behind -- stands --name=value, for example --lateness=5s.");
            }

            string name = argument[2..equals];
            if (!settings.TryAdd(name, argument[(equals + 1)..]))
            {
                throw new SettingException(name, "is given twice.");
            }
        }

        return settings;
    }

    /// <summary>Checks that a job has all of these settings, before anything is connected or started.</summary>
    /// <exception cref="SettingException">It does not; names those that it has.</exception>
    public static void RequireKnown(JobDescription job, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (!Has(job, name))
            {
                throw new SettingException(name, $"is unknown. There are: {string.Join(", ", job.Settings.Select(setting => setting.Name).Order(StringComparer.Ordinal))}.");
            }
        }
    }

    /// <summary>Whether a job has a setting.</summary>
    public static bool Has(JobDescription job, string name) => job.Settings.Any(setting => setting.Name == name);

    /// <summary>The value that a setting will have.</summary>
    public static string ValueOf(JobDescription job, Dictionary<string, string> settings, string name) =>
        settings.GetValueOrDefault(name) ?? job.Settings.First(setting => setting.Name == name).Default;

    /// <summary>The settings as they are submitted.</summary>
    public static JobSettings ToJobSettings(Dictionary<string, string> settings) => new(settings);
}
