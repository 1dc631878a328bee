using System.Reflection;
using System.Runtime.Loader;

namespace QueryStream.JobAssemblies;

/// <summary>
/// Where one job's code lives: its assemblies are its own, in the versions that lie beside it, except for those that it shares with the
/// host. Not collectible: collectible code gets neither tiered compilation nor dynamic PGO.
/// </summary>
internal sealed class JobLoadContext : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    // Written by whichever thread runs into a missing assembly, read by who explains a failure later.
    private volatile string? _missed;

    /// <summary>Creates a context for the assembly at a full path.</summary>
    public JobLoadContext(string path)
        : base(Path.GetFileNameWithoutExtension(path))
    {
        _resolver = new AssemblyDependencyResolver(path);
        Resolving += (_, name) =>
        {
            _missed = name.Name;
            return null;
        };
    }

    /// <summary>The assembly that was looked for last and is neither beside the job nor the host's; null where all was found.</summary>
    public string? Missed => _missed;

    /// <summary>The file that a reference leads to; null where the host's is taken, or nobody has it.</summary>
    public string? FileOf(AssemblyReference reference) =>
        FileOf(new AssemblyName(reference.Name) { Version = reference.Version });

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Null: whatever the host has, else an error.
        string? path = FileOf(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private string? FileOf(AssemblyName name) => HostAssemblies.AreShared(name.Name!) ? null : _resolver.ResolveAssemblyToPath(name);
}
