using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>The help text of a job that is run from its own <c>Main</c>.</summary>
internal static class SettingsHelp
{
    /// <summary>A line for the job, and one for each of its settings.</summary>
    public static string Of(IStreamJob job)
    {
        List<SettingInfo> settings = [new("parallelism", "", "how many subtasks each operator has; unset: one per core, at most 16")];
        string? problem = null;
        try
        {
            StreamBuilder.Build(job, new JobSettings(new Dictionary<string, string>(), settings.AddRange));
        }
        catch (QueryStreamException e)
        {
            // The job may require a setting without a default. It has bound its settings before it threw, so they can be listed.
            problem = e.Message;
        }

        int names = settings.Max(setting => setting.Name.Length);
        int defaults = settings.Max(setting => setting.Default.Length);
        StringBuilder text = new();
        text.Append(job.Name).Append(". Settings, as --name=value, with their defaults:\n");
        foreach (SettingInfo setting in settings)
        {
            text.Append("  --").Append(setting.Name.PadRight(names)).Append("  ").Append(setting.Default.PadRight(defaults)).Append("  ")
                .Append(setting.Description).Append('\n');
        }

        int options = LocalRunArguments.Help.Max(option => option.Option.Length);
        text.Append("How it runs:\n");
        foreach ((string option, string description) in LocalRunArguments.Help)
        {
            text.Append("  ").Append(option.PadRight(options)).Append("  ").Append(description).Append('\n');
        }

        return problem is null ? text.ToString() : text.Append("With the defaults alone: ").Append(problem).Append('\n').ToString();
    }
}
