using QueryStream.Core.Errors;
using QueryStream.JobAssemblies;
using QueryStream.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Running;

/// <summary>A job that is run from an assembly.</summary>
/// <param name="assembly">The assembly.</param>
/// <param name="job">The job in it.</param>
internal sealed class UserJob(JobAssembly assembly, IStreamJob job)
{
    private const string Extension = ".dll";

    /// <summary>The full path of the assembly.</summary>
    public string Path => assembly.Path;

    /// <summary>Whether a text is the path of an assembly and not the name of a job.</summary>
    public static bool IsPath(string job) =>
        job.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
        || job.Contains(System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || job.Contains(System.IO.Path.AltDirectorySeparatorChar, StringComparison.Ordinal)
        || File.Exists(job);

    /// <summary>Loads a job.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="className">Which class in it; null: the only one.</param>
    /// <exception cref="JobAssemblyException">There is no such job, or it cannot be loaded.</exception>
    public static UserJob Load(string path, string? className)
    {
        JobAssembly assembly = JobAssembly.Load(path);
        return new UserJob(assembly, assembly.Create(className));
    }

    /// <summary>Describes the job as the catalogue describes its own. Defines it once, to learn which settings it reads.</summary>
    /// <param name="settings">The settings that are known so far.</param>
    /// <exception cref="QueryStreamException">The job cannot be defined.</exception>
    public JobDescription Describe(Dictionary<string, string> settings)
    {
        SettingsProbe probe = new(settings);
        try
        {
            _ = Build(probe);
        }
        catch (SettingException)
        {
            // A missing setting may still come from an option; a wrong one is reported when all settings are known.
        }

        return new JobDescription(System.IO.Path.GetFileName(assembly.Path), job.Name, "", probe.Known, () => job);
    }

    /// <summary>Builds the graph with its final settings.</summary>
    /// <exception cref="QueryStreamException">The job cannot be defined, or does not read one of the settings.</exception>
    public StreamGraph Build(Dictionary<string, string> settings)
    {
        SettingsProbe probe = new(settings);
        StreamGraph graph = Build(probe);
        foreach (string name in settings.Keys.Where(name => probe.Known.All(setting => setting.Name != name)))
        {
            throw probe.Known.Count == 0
                ? new SettingException(name, $"is unknown: the job '{job.Name}' has no settings.")
                : SettingsBinder.Unknown(name, probe.Known.Select(setting => setting.Name));
        }

        return graph;
    }

    /// <summary>What is wrong with the assembly, if the job failed because of that; else the failure itself.</summary>
    public QueryStreamException Explain(QueryStreamException failure) => assembly.Explain(failure) ?? failure;

    private StreamGraph Build(SettingsProbe probe)
    {
        try
        {
            return StreamBuilder.Build(job, probe.Settings);
        }
        catch (QueryStreamException e) when (assembly.Explain(e) is { } reason)
        {
            throw reason;
        }
    }
}
