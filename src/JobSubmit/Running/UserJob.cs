using QueryStream.Core.Errors;
using QueryStream.JobAssemblies;
using QueryStream.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Graph;

namespace QueryStream.JobSubmit.Running;

/// <summary>A job that is run from an assembly.</summary>
/// <param name="assembly">The assembly.</param>
/// <param name="job">The job in it.</param>
internal sealed class UserJob(JobAssembly assembly, IStreamJob job)
{
    private const string Extension = ".dll";

    /// <summary>Whether an argument is the path of an assembly, and not the name of a job.</summary>
    public static bool IsPath(string job) =>
        job.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
        || job.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || job.Contains(Path.AltDirectorySeparatorChar, StringComparison.Ordinal)
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

    /// <summary>The job as those of the catalogue are described; finds out which settings it asks for by defining it once.</summary>
    /// <param name="settings">The values that are known so far.</param>
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
            // What is missing may be given by an option yet; what is wrong is told when all settings are together.
        }

        return new JobDescription(Path.GetFileName(assembly.Path), job.Name, "", probe.Known, () => job);
    }

    /// <summary>Builds the graph with its final settings.</summary>
    /// <exception cref="QueryStreamException">The job cannot be defined, or has not asked for one of the settings.</exception>
    public StreamGraph Build(Dictionary<string, string> settings)
    {
        SettingsProbe probe = new(settings);
        StreamGraph graph = Build(probe);
        foreach (string name in settings.Keys.Where(name => probe.Known.All(setting => setting.Name != name)))
        {
            throw new SettingException(name, probe.Known.Count == 0
                ? $"is unknown: the job '{job.Name}' has no settings."
                : $"is unknown. There are: {string.Join(", ", probe.Known.Select(setting => setting.Name).Order(StringComparer.Ordinal))}.");
        }

        return graph;
    }

    /// <summary>What is wrong with the assembly, where that is why the job has failed; else the failure.</summary>
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
