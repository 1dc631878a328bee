using System.Reflection;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>What an assembly needs, directly and through others, and who has it.</summary>
/// <param name="file">The assembly.</param>
/// <param name="context">Where it is loaded into.</param>
internal sealed class Dependencies(AssemblyFile file, JobLoadContext context)
{
    private const string Remedy = "Copy it there, or build the job with <EnableDynamicLoading>true</EnableDynamicLoading>, which copies what its packages bring";

    /// <summary>Where the job is loaded into.</summary>
    public JobLoadContext Context => context;

    /// <summary>Looks beside an assembly.</summary>
    /// <exception cref="JobAssemblyException">Its .deps.json is damaged.</exception>
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

    /// <summary>What was thrown at the bottom.</summary>
    public static Exception Innermost(Exception failure) => failure switch
    {
        ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => Innermost(first),
        { InnerException: { } inner } => Innermost(inner),
        _ => failure,
    };

    /// <summary>
    /// Refuses an assembly whose own references lead nowhere: compilers leave out those that are not used, so that it would fail later.
    /// What only others refer to may never be used.
    /// </summary>
    public void RequireDirectOnes()
    {
        foreach (AssemblyReference reference in file.References)
        {
            if (context.FileOf(reference) is null && !HostAssemblies.Has(reference.Name))
            {
                throw Missing(file.FileName, reference, null);
            }
        }
    }

    /// <summary>What is missing or of another version, where that is why the job's code has thrown; else null.</summary>
    public JobAssemblyException? Explain(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : e.InnerException)
        {
            switch (e)
            {
                case FileNotFoundException { FileName: { } name } when Who(name) is { } needed:
                    return Missing(needed.File, needed.Reference, failure);
                case FileLoadException { FileName: { } name } when Who(name) is { } needed:
                    return new JobAssemblyException($"{needed.File} needs {needed.Reference.Name} {needed.Reference.Version}, which cannot be loaded: {e.Message}", failure);
                case RemoteException { TypeName: nameof(FileNotFoundException) } when context.Missed is { } name && Who(name) is { } needed:
                    // From a task, which tells of it in a message: only the names of types come along.
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

    // Who refers to an assembly, nearest first; also through others. Names of files that are no assemblies are nobody's.
    private (string File, AssemblyReference Reference)? Who(string fullName)
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
