using System.Text.Json;
using QueryStream.Core.Errors;

namespace QueryStream.JobAssemblies;

/// <summary>A <c>.deps.json</c>: the libraries that an assembly was built with, and their files.</summary>
/// <param name="libraries">The libraries of the list's target, by <c>name/version</c>.</param>
internal sealed class DependencyList(JsonElement libraries)
{
    /// <summary>Reads a list, and finds the files of an assembly in it.</summary>
    /// <param name="path">The list.</param>
    /// <param name="fileName">The name of the assembly's file.</param>
    /// <returns>Paths relative to the assembly's folder, as the list has them.</returns>
    /// <exception cref="JobAssemblyException">It cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path, string fileName)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            string target = json.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString() ?? "";
            return [.. new DependencyList(json.RootElement.GetProperty("targets").GetProperty(target)).FilesOf(fileName)];
        }
        catch (Exception e)
            when (e is JsonException or IOException or UnauthorizedAccessException or KeyNotFoundException or InvalidOperationException)
        {
            throw new JobAssemblyException($"The dependencies in '{path}' cannot be read: {e.Message} Build the job again.", e);
        }
    }

    // The files of all libraries that an assembly depends on, except of those that every worker has and of what only these depend on: a worker has
    // that too, in the version of the engine.
    private IEnumerable<string> FilesOf(string fileName)
    {
        JsonProperty[] roots = [.. Libraries().Where(library => Assemblies(library.Value).Contains(fileName))];
        HashSet<string> seen = [.. roots.Select(library => library.Name)];
        Queue<JsonElement> open = new(roots.Select(library => library.Value));
        while (open.TryDequeue(out JsonElement library))
        {
            foreach (string file in Files(library))
            {
                yield return file;
            }

            foreach (JsonProperty dependency in Members(library, "dependencies"))
            {
                string key = $"{dependency.Name}/{dependency.Value.GetString()}";
                if (libraries.TryGetProperty(key, out JsonElement found) && seen.Add(key) && !IsOnEveryWorker(found))
                {
                    open.Enqueue(found);
                }
            }
        }
    }

    private static bool IsOnEveryWorker(JsonElement library) =>
        Assemblies(library).Any(file => HostAssemblies.IsOnEveryWorker(Path.GetFileNameWithoutExtension(file)));

    private static IEnumerable<string> Assemblies(JsonElement library) => Members(library, "runtime").Select(file => LastPart(file.Name));

    // Where a build puts them: assemblies and native libraries beside the assembly, satellites in a folder by culture, what depends on the platform
    // in its own path.
    private static IEnumerable<string> Files(JsonElement library) =>
    [
        .. Assemblies(library),
        .. Members(library, "native").Select(file => LastPart(file.Name)),
        .. Members(library, "resources").Where(file => file.Value.TryGetProperty("locale", out _))
            .Select(file => $"{file.Value.GetProperty("locale").GetString()}/{LastPart(file.Name)}"),
        .. Members(library, "runtimeTargets").Select(file => file.Name),
    ];

    private static IEnumerable<JsonProperty> Members(JsonElement library, string name) =>
        library.TryGetProperty(name, out JsonElement members) ? members.EnumerateObject() : [];

    private static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];

    private IEnumerable<JsonProperty> Libraries() => libraries.EnumerateObject();
}
