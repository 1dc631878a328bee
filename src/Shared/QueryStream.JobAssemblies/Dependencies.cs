using System.Reflection;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>The dependencies of an assembly, direct and transitive, and where they are.</summary>
/// <param name="file">The assembly.</param>
/// <param name="context">Its load context.</param>
internal sealed class Dependencies(AssemblyFile file, JobLoadContext context)
{
    private const string Remedy = "Copy it there, or build the job with <EnableDynamicLoading>true</EnableDynamicLoading>, which copies what its packages bring";

    /// <summary>The load context of the job.</summary>
    public JobLoadContext Context => context;

    /// <summary>Reads the dependencies of an assembly.</summary>
    /// <exception cref="JobAssemblyException">Its .deps.json cannot be read.</exception>
    public static Dependencies Of(AssemblyFile file)
    {
        try
        {
            return new Dependencies(file, new JobLoadContext(file.Path));
        }
        catch (InvalidOperationException e)
        {
            string manifest = Path.ChangeExtension(file.FileName, ".deps.json");
            throw new JobAssemblyException($"What {file.FileName} needs cannot be found out, since {manifest} beside it cannot be read: build the job again.", e);
        }
    }

    /// <summary>The innermost exception.</summary>
    public static Exception Innermost(Exception failure) => failure switch
    {
        ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => Innermost(first),
        { InnerException: { } inner } => Innermost(inner),
        _ => failure,
    };

    /// <summary>
    /// Refuses an assembly with a missing direct reference: compilers drop unused references, so it would fail later. Missing transitive
    /// references are accepted, since they may never be used.
    /// </summary>
    public void RequireDirect()
    {
        foreach (AssemblyReference reference in file.References)
        {
            if (context.FileOf(reference) is null && !HostAssemblies.Has(reference.Name))
            {
                throw Missing(file.FileName, reference, null);
            }
        }
    }

    /// <summary>The missing or wrong dependency, where that is why the job's code threw; else null.</summary>
    public JobAssemblyException? Explain(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : e.InnerException)
        {
            switch (e)
            {
                case FileNotFoundException { FileName: { } name } when FindReferrer(name) is { } needed:
                    return Missing(needed.File, needed.Reference, failure);
                case FileLoadException { FileName: { } name } when FindReferrer(name) is { } needed:
                    return new JobAssemblyException($"{needed.File} needs {needed.Reference.Name} {needed.Reference.Version}, which cannot be loaded: {e.Message}", failure);
                case RemoteException { TypeName: nameof(FileNotFoundException) } when context.Missed is { } name && FindReferrer(name) is { } needed:
                    // From a task: its exception arrives as a message, with the name of its type.
                    return Missing(needed.File, needed.Reference, failure);
                case TypeLoadException or MissingMemberException or RemoteException { TypeName: nameof(TypeLoadException) or nameof(MissingMethodException) or nameof(MissingFieldException) }:
                    return new JobAssemblyException(
                        $"{file.FileName} does not fit to what it runs with: {e.Message} Build it again, against this version of QueryStream ({HostAssemblies.EngineVersion}) and with the packages that lie beside it.", failure);
            }
        }

        return null;
    }

    private JobAssemblyException Missing(string who, AssemblyReference reference, Exception? failure) => new(
        $"{who} needs {reference.Name} {reference.Version}, which is not in {Path.GetDirectoryName(file.Path)}. {Remedy}.", failure);

    // The nearest file that references an assembly, directly or transitively; null for names of files that are not assemblies.
    private (string File, AssemblyReference Reference)? FindReferrer(string fullName)
    {
        string name = fullName.Split(',')[0];
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase) { file.Path };
        Queue<AssemblyFile> open = new([file]);
        while (open.TryDequeue(out AssemblyFile? next))
        {
            foreach (AssemblyReference reference in next.References)
            {
                if (string.Equals(reference.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return (next.FileName, reference);
                }

                if (context.FileOf(reference) is { } path && seen.Add(path))
                {
                    open.Enqueue(AssemblyFile.Read(path));
                }
            }
        }

        return null;
    }
}
