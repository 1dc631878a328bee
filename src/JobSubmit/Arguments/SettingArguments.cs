using QueryStream.Core.Errors;
using QueryStream.Jobs;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The settings of a job, which follow <c>--</c>.</summary>
internal static class SettingArguments
{
    /// <summary>Splits a command line at the first <c>--</c>.</summary>
    public static (string[] Command, string[] Settings) Split(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--");
        return at < 0 ? (arguments, []) : (arguments[..at], arguments[(at + 1)..]);
    }

    /// <summary>Checks that a job has all of these settings, before anything is connected or started.</summary>
    /// <exception cref="SettingException">It has not; names those that it has.</exception>
    public static void RequireKnown(JobDescription job, IEnumerable<string> names)
    {
        foreach (string name in names.Where(name => !Has(job, name)))
        {
            throw SettingsBinder.Unknown(name, job.Settings.Select(setting => setting.Name));
        }
    }

    /// <summary>Whether a job has a setting.</summary>
    public static bool Has(JobDescription job, string name) => job.Settings.Any(setting => setting.Name == name);

    /// <summary>The value of a setting, which may be its default.</summary>
    public static string ValueOf(JobDescription job, Dictionary<string, string> settings, string name) =>
        settings.GetValueOrDefault(name) ?? job.Settings.First(setting => setting.Name == name).Default;
}

/// <summary>The command line asks for something that does not exist, or leaves out something required.</summary>
/// <param name="message">What is wrong, and what is possible.</param>
internal sealed class UsageException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
