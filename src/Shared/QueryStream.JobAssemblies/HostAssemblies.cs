using System.Reflection;
using System.Runtime.InteropServices;
using QueryStream.Streams;

namespace QueryStream.JobAssemblies;

/// <summary>The assemblies of the host process, and which of them jobs share with it.</summary>
internal static class HostAssemblies
{
    private const string Engine = "QueryStream.";

    // What every process that runs tasks consists of. Other connectors, the shipped jobs and the local cluster are in some programs only.
    private static readonly HashSet<string> OnEveryWorker =
    [
        "QueryStream.Core", "QueryStream.Streams", "QueryStream.Checkpoints", "QueryStream.Wire", "QueryStream.Hosting", "QueryStream.JobAssemblies",
        "QueryStream.Blobs", "QueryStream.Runtime", "QueryStream.Worker", "QueryStream.Connectors.Kafka", "QueryStream.Connectors.Redis",
    ];

    private static readonly Dictionary<string, string> Paths = ReadPaths();

    // The assemblies whose types appear in the engine's interfaces.
    private static readonly HashSet<string> Contract = ReachableFrom(typeof(IStreamJob).Assembly);

    /// <summary>The version of the engine.</summary>
    public static Version EngineVersion { get; } = typeof(IStreamJob).Assembly.GetName().Version!;

    /// <summary>Whether an assembly belongs to the engine.</summary>
    public static bool IsEngine(string name) => name.StartsWith(Engine, StringComparison.Ordinal) && Paths.ContainsKey(name);

    /// <summary>Whether the host has an assembly: of the framework, of the engine, or of the host itself.</summary>
    public static bool Contains(string name) => Paths.ContainsKey(name);

    /// <summary>
    /// Whether a job uses the host's copy of an assembly instead of the one in its folder, so that types are the same on both sides: assemblies of
    /// the framework, of the engine, and those whose types appear in the engine's interfaces.
    /// </summary>
    public static bool IsShared(string name) => IsEngine(name) || IsFramework(name) || Contract.Contains(name);

    /// <summary>
    /// Whether every worker has an assembly and shares it with jobs, so that it need not be sent with them. Another assembly is sent; a worker that
    /// has one of the engine by this name all the same uses its own.
    /// </summary>
    public static bool IsOnEveryWorker(string name) => OnEveryWorker.Contains(name) || IsFramework(name) || Contract.Contains(name);

    private static bool IsFramework(string name) =>
        Paths.TryGetValue(name, out string? path) && path.StartsWith(RuntimeEnvironment.GetRuntimeDirectory(), StringComparison.Ordinal);

    private static Dictionary<string, string> ReadPaths()
    {
        string[] paths = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> byName = new(StringComparer.OrdinalIgnoreCase);
        foreach (string path in paths)
        {
            byName.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return byName;
    }

    private static HashSet<string> ReachableFrom(Assembly assembly)
    {
        HashSet<string> names = [assembly.GetName().Name!];
        Queue<Assembly> open = new([assembly]);
        while (open.TryDequeue(out Assembly? next))
        {
            foreach (AssemblyName reference in next.GetReferencedAssemblies())
            {
                if (!IsFramework(reference.Name!) && names.Add(reference.Name!))
                {
                    open.Enqueue(Assembly.Load(reference));
                }
            }
        }

        return names;
    }
}
