using System.Reflection;
using System.Runtime.Loader;

namespace QueryStream.JobAssemblies;

/// <summary>
/// The load context of one job: it loads the assemblies of the job's folder, except those that the job shares with the host. Not
/// collectible: collectible code gets neither tiered compilation nor dynamic PGO.
/// </summary>
internal sealed class JobLoadContext : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    // Volatile: written by the thread that misses an assembly, read by the thread that explains the failure.
    private volatile string? _lastMissing;

    /// <summary>Creates a context for the assembly at a full path.</summary>
    public JobLoadContext(string path)
        : base(Path.GetFileNameWithoutExtension(path))
    {
        _resolver = new AssemblyDependencyResolver(path);
        Resolving += (_, name) =>
        {
            _lastMissing = name.Name;
            return null;
        };
    }

    /// <summary>The last assembly that was found neither in the job's folder nor in the host; null if there is none.</summary>
    public string? LastMissing => _lastMissing;

    /// <summary>The file of a referenced assembly; null if the host's is used, or if there is none.</summary>
    public string? FileOf(AssemblyReference reference) =>
        FileOf(new AssemblyName(reference.Name) { Version = reference.Version });

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Null: the runtime uses the host's assembly, or fails.
        string? path = FileOf(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }

    private string? FileOf(AssemblyName name) => HostAssemblies.IsShared(name.Name!) ? null : _resolver.ResolveAssemblyToPath(name);
}
