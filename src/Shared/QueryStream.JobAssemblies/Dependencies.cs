using System.Reflection;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>The dependencies of an assembly, direct and transitive, and where they are.</summary>
/// <param name="file">The assembly.</param>
/// <param name="context">Its load context.</param>
internal sealed class Dependencies(AssemblyFile file, JobLoadContext context)
{
    private const string Remedy =
        "Copy it there, or build the job with <EnableDynamicLoading>true</EnableDynamicLoading>, which copies the files of its packages";

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
            throw new JobAssemblyException(
                $"The dependencies of {file.FileName} are unknown, since {manifest} beside it cannot be read: build the job again.", e);
        }
    }

    /// <summary>The innermost exception.</summary>
    public static Exception Innermost(Exception failure) => Next(failure) is { } inner ? Innermost(inner) : failure;

    /// <summary>
    /// Throws if a direct reference is missing: compilers drop unused references, so the job would fail later. Missing transitive references are
    /// accepted, since they may be unused.
    /// </summary>
    public void RequireDirect()
    {
        foreach (AssemblyReference reference in file.References)
        {
            if (context.FileOf(reference) is null && !HostAssemblies.Contains(reference.Name))
            {
                throw Missing(file.FileName, reference, null);
            }
        }
    }

    /// <summary>The error to report if the job's code threw because of a missing or wrong dependency; else null.</summary>
    public JobAssemblyException? Explain(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = Next(e))
        {
            switch (e)
            {
                case FileNotFoundException { FileName: { } name } when FindReferrer(name) is { } needed:
                    return Missing(needed.File, needed.Reference, failure);
                case FileLoadException { FileName: { } name } when FindReferrer(name) is { } needed:
                    return new JobAssemblyException(
                        $"{needed.File} needs {needed.Reference.Name} {needed.Reference.Version}, which cannot be loaded: {e.Message}", failure);
                case RemoteException { TypeName: nameof(FileNotFoundException) }
                    when context.LastMissing is { } name && FindReferrer(name) is { } needed:
                    // The exception of a task arrives as a message, with its type name.
                    return Missing(needed.File, needed.Reference, failure);
                case TypeLoadException or MissingMemberException:
                case RemoteException { TypeName: nameof(TypeLoadException) or nameof(MissingMethodException) or nameof(MissingFieldException) }:
                    return new JobAssemblyException(
                        $"{file.FileName} was built against other versions of its dependencies: {e.Message} "
                        + $"Build it against this version of QueryStream ({HostAssemblies.EngineVersion}) and the packages beside it.",
                        failure);
            }
        }

        return null;
    }

    private static Exception? Next(Exception e) =>
        e is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : e.InnerException;

    private JobAssemblyException Missing(string fileName, AssemblyReference reference, Exception? failure) => new(
        $"{fileName} needs {reference.Name} {reference.Version}, which is not in {Path.GetDirectoryName(file.Path)}. {Remedy}.", failure);

    // The nearest file that references an assembly, directly or transitively; null if none does.
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
