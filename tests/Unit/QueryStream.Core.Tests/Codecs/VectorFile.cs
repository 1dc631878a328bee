namespace QueryStream.Core.Tests.Codecs;

/// <summary>Files of frozen vectors, with lines <c>name | vector</c>.</summary>
internal static class VectorFile
{
    public static Dictionary<string, string> Read(string name) => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Codecs", name))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(" | ", 2))
        .ToDictionary(parts => parts[0], parts => parts[1]);
}
