namespace QueryStream.Architecture.Tests;

/// <summary>The files that the rules are about. Paths are relative to the root and written with slashes.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Skipped =
        [".git", ".vs", ".idea", ".cache", "bin", "obj", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = [.. Walk(new DirectoryInfo(Root)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && !file.StartsWith("eng/", StringComparison.Ordinal))
            .Select(ProjectFile.Read)];

    /// <summary>All code but the one that breaks the rules on purpose.</summary>
    public static IReadOnlyList<CodeFile> Code { get; } =
        [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.StartsWith("eng/", StringComparison.Ordinal))
            .Select(CodeFile.Read)];

    public static string FullPath(string path) => Path.Combine(Root, path);

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        }

        foreach (DirectoryInfo inner in folder.EnumerateDirectories().Where(inner => !Skipped.Contains(inner.Name) && inner.LinkTarget is null))
        {
            foreach (string file in Walk(inner))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "QueryStream.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds QueryStream.sln.");
    }
}
