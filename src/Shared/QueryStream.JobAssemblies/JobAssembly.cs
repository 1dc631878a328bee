using System.Reflection;
using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.JobAssemblies;

/// <summary>A loaded assembly of a user with its jobs. Safe on any thread.</summary>
public sealed class JobAssembly
{
    private readonly AssemblyFile _file;
    private readonly Dependencies _dependencies;
    private readonly IReadOnlyList<Type> _types;

    private JobAssembly(AssemblyFile file, Dependencies dependencies, IReadOnlyList<Type> types)
    {
        _file = file;
        _dependencies = dependencies;
        _types = types;
        Jobs = [.. types.Where(IsJob).OrderBy(type => type.FullName, StringComparer.Ordinal)];
    }

    /// <summary>The full path of its file.</summary>
    public string Path => _file.Path;

    /// <summary>The classes that are jobs, sorted by name.</summary>
    public IReadOnlyList<Type> Jobs { get; }

    private string FileName => _file.FileName;

    /// <summary>Loads an assembly. Its dependencies are loaded from the same folder on first use.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JobAssemblyException">There is no such file, it is not a .NET assembly, it does not run here, or a dependency is
    /// missing.</exception>
    public static JobAssembly Load(string path)
    {
        if (Directory.Exists(path))
        {
            string example = System.IO.Path.Combine(path, "bin/Release/net10.0/MyJob.dll");
            throw new JobAssemblyException($"'{path}' is a folder: give the assembly of the job in it, for example {example}.");
        }

        AssemblyFile file = AssemblyFile.Read(System.IO.Path.GetFullPath(path));
        Compatibility.Require(file);
        Dependencies dependencies = Dependencies.Of(file);
        dependencies.RequireDirect();
        try
        {
            return new JobAssembly(file, dependencies, dependencies.Context.LoadFromAssemblyPath(file.Path).GetTypes());
        }
        catch (Exception e) when (e is ReflectionTypeLoadException or TypeLoadException
            or FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw dependencies.Explain(e) ?? new JobAssemblyException($"{file.FileName} cannot be loaded: {Dependencies.Innermost(e).Message}", e);
        }
    }

    /// <summary>Creates a job.</summary>
    /// <param name="className">The full or short name of the class; null if there is only one.</param>
    /// <exception cref="JobAssemblyException">There is no such class, there are several, or its constructor throws.</exception>
    public IStreamJob Create(string? className)
    {
        Type type = className is null ? SingleJob() : Find(className);
        if (type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []) is null)
        {
            throw new JobAssemblyException(
                $"The job {type.FullName} in {FileName} has no constructor without parameters. "
                + "Values from outside are settings (StreamBuilder.Settings).");
        }

        try
        {
            return (IStreamJob)Activator.CreateInstance(type, nonPublic: true)!;
        }
        catch (TargetInvocationException e)
        {
            throw Explain(e) ?? new JobAssemblyException(
                $"The job {type.FullName} in {FileName} cannot be created: its constructor throws {Describe(e.InnerException!)}", e.InnerException);
        }
    }

    /// <summary>The error to report if the job's code threw because a dependency is missing or has another version; else null.</summary>
    /// <param name="failure">The exception of the job or of one of its tasks.</param>
    public JobAssemblyException? Explain(Exception failure) => _dependencies.Explain(failure);

    private static bool IsJob(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && typeof(IStreamJob).IsAssignableFrom(type);

    private static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}";

    private static string NamesOf(IEnumerable<Type> types) => string.Join(", ", types.Select(type => type.FullName));

    private Type SingleJob() => Jobs.Count switch
    {
        1 => Jobs[0],
        0 => throw NoJobs(),
        _ => throw new JobAssemblyException($"{FileName} has {Jobs.Count} jobs: choose one with --class: {NamesOf(Jobs)}."),
    };

    private Type Find(string className)
    {
        Type[] found = [.. Jobs.Where(type => type.FullName == className)];
        found = found.Length > 0 ? found : [.. Jobs.Where(type => type.Name == className)];
        if (found.Length == 1)
        {
            return found[0];
        }

        if (found.Length > 1)
        {
            throw new JobAssemblyException($"{FileName} has {found.Length} jobs '{className}'; give the full name: {NamesOf(found)}.");
        }

        if (Jobs.Count == 0)
        {
            throw NoJobs();
        }

        bool isOther = _types.Any(type => type.FullName == className || type.Name == className);
        string problem = isOther
            ? $"The class '{className}' in {FileName} is not a job: it must implement IStreamJob and be neither abstract nor generic."
            : $"{FileName} has no class '{className}'.";
        throw new JobAssemblyException($"{problem} There are: {NamesOf(Jobs)}.");
    }

    private JobAssemblyException NoJobs() =>
        new($"{FileName} has no job: none of its classes implements IStreamJob (and is neither abstract nor generic).");
}
