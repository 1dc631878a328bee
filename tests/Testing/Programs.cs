namespace QueryStream.Testing;

/// <summary>Programs that tests start.</summary>
public static class Programs
{
    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
