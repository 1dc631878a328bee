using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>The files that a job needs on another machine.</summary>
public static class JobFiles
{
    private const string Extension = ".dll";

    /// <summary>
    /// The files of a job: its assembly, the <c>.deps.json</c> beside it, and those of its dependencies that workers do not have anyway. With a
    /// <c>.deps.json</c> that is what it lists, native libraries and satellite assemblies included; without one, the assemblies beside it that it
    /// references, directly or transitively. Listed files that do not exist are left out: they may be unused, and the loader reports those that are
    /// needed.
    /// </summary>
    /// <param name="path">The full path of the assembly.</param>
    /// <returns>Paths relative to its folder, with slashes.</returns>
    /// <exception cref="JobAssemblyException">The assembly or its .deps.json cannot be read.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        AssemblyFile main = AssemblyFile.Read(path);
        string folder = Path.GetDirectoryName(path)!;
        string listPath = Path.ChangeExtension(path, ".deps.json");
        SortedSet<string> files = new(StringComparer.Ordinal) { Path.GetFileName(path) };
        if (File.Exists(listPath))
        {
            files.Add(Path.GetFileName(listPath));
            IReadOnlyList<string> listed = DependencyList.Read(listPath, main.FileName);
            if (listed.FirstOrDefault(file => !StaysInside(file)) is { } outside)
            {
                throw new JobAssemblyException(
                    $"'{Path.GetFileName(listPath)}' lists '{outside}', which is not in the folder of the assembly. Build the job again.");
            }

            files.UnionWith(listed.Where(file => File.Exists(Path.Combine(folder, file))));
        }
        else
        {
            AddReferences(files, main, folder);
        }

        return [.. files];
    }

    // The files may come from somebody who would like to have others of this machine.
    private static bool StaysInside(string file) => !Path.IsPathRooted(file) && !file.Split('/', '\\').Contains("..");

    private static void AddReferences(SortedSet<string> files, AssemblyFile main, string folder)
    {
        Queue<AssemblyFile> open = new([main]);
        while (open.TryDequeue(out AssemblyFile? next))
        {
            foreach (AssemblyReference reference in next.References.Where(one => StaysInside(one.Name) && !HostAssemblies.IsOnEveryWorker(one.Name)))
            {
                string path = Path.Combine(folder, reference.Name + Extension);
                if (File.Exists(path) && files.Add(reference.Name + Extension))
                {
                    open.Enqueue(AssemblyFile.Read(path));
                }
            }
        }
    }
}
