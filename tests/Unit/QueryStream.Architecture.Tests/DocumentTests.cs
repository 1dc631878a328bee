using System.Text.RegularExpressions;

namespace QueryStream.Architecture.Tests;

/// <summary>What the documents name exists.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Folders = ["src/", "tests/", "bench/", "docs/", "deploy/", "samples/", "eng/", ".ci/"];

    private static IEnumerable<string> Documents => Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Links_lead_to_files_that_exist() =>
        Rule.IsBrokenNowhere(
            from document in Documents
            from Match link in Link().Matches(File.ReadAllText(Repository.FullPath(document)))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Exists(Path.Combine(Path.GetDirectoryName(document) ?? "", target))
            select $"{document}: {target}");

    [Fact]
    public void Paths_in_code_spans_exist() =>
        Rule.IsBrokenNowhere(
            from document in Documents
            from Match span in Span().Matches(File.ReadAllText(Repository.FullPath(document)))
            let path = span.Groups[1].Value
            where Folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))
            where !Exists(path)
            select $"{document}: {path}");

    // Documents name a file by the end of its path: Exchange/KeyLink.cs, or Core/Actors/Actor.cs of the project QueryStream.Core.
    [Fact]
    public void Code_files_in_code_spans_exist() =>
        Rule.IsBrokenNowhere(
            from document in Documents
            from Match span in CodeFileSpan().Matches(File.ReadAllText(Repository.FullPath(document)))
            let path = span.Groups[1].Value
            where !Repository.Files.Any(
                file => $"/{file}".EndsWith($"/{path}", StringComparison.Ordinal) || file.EndsWith($".{path}", StringComparison.Ordinal))
            select $"{document}: {path}");

    [Theory]
    [InlineData("see `Actors/Actor.cs` and", "Actors/Actor.cs")]
    [InlineData("(`Actor.Part.cs`)", "Actor.Part.cs")]
    public void A_code_file_is_recognized(string text, string path) => Assert.Equal(path, CodeFileSpan().Match(text).Groups[1].Value);

    [Theory]
    [InlineData("[a](b.md#c)", "b.md")]
    [InlineData("![a picture](docs/x.svg)", "docs/x.svg")]
    public void A_link_is_recognized(string text, string target) => Assert.Equal(target, Link().Match(text).Groups[1].Value);

    [Theory]
    [InlineData("see `src/a/B.cs`.", "src/a/B.cs")]
    [InlineData("in `tests/Unit/`", "tests/Unit/")]
    public void A_path_is_recognized(string text, string path) => Assert.Equal(path, Span().Match(text).Groups[1].Value);

    private static bool Exists(string path)
    {
        string full = Path.GetFullPath(Repository.FullPath(path));
        return File.Exists(full) || Directory.Exists(full);
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([\w./-]+\.cs)`")]
    private static partial Regex CodeFileSpan();

    // A path only: no placeholders, patterns, or commands with arguments.
    [GeneratedRegex(@"`([\w.-]+/[\w./-]*)`")]
    private static partial Regex Span();
}
